package org.cchq.migrate.vault;

import org.cchq.migrate.base.UserException;

/** The password does not open the vault, or the vault was changed after it was written: the two look the same. */
public final class WrongPasswordException extends UserException {
    WrongPasswordException(String place) {
        super(place + ": the vault password is wrong, or the file is damaged (its HMAC does not match)");
    }
}
