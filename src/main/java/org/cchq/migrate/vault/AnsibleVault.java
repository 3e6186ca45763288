package org.cchq.migrate.vault;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;

/**
 * The {@code ansible-vault} format, versions 1.1 and 1.2 (which adds a label), cipher AES256: a header line, then hex text
 * of {@code hex(salt) LF hex(hmac) LF hex(ciphertext)}. Keys are PBKDF2-HMAC-SHA256 (10 000 rounds, 80 bytes): 32 for
 * AES-256-CTR, 32 for HMAC-SHA256 over the ciphertext, 16 for the first counter block. The HMAC is compared, in constant
 * time, before anything is decrypted.
 */
public final class AnsibleVault {
    private static final String MAGIC = "$ANSIBLE_VAULT;";
    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final int ITERATIONS = 10_000;
    private static final int KEY_BYTES = 32;
    private static final int BLOCK = 16;

    private AnsibleVault() {}

    /** True if the text starts with the vault's header; anything else is plain text. */
    public static boolean isEncrypted(String text) {
        return text.startsWith(MAGIC);
    }

    /**
     * Decrypts.
     *
     * @param password white space around it is dropped, as Ansible does
     * @param place of the file, for messages
     * @throws WrongPasswordException if the HMAC does not match
     * @throws UserException if the file is not a vault of a known version, or is cut short
     */
    public static Secret decrypt(String text, Secret password, String place) throws UserException {
        List<String> lines = text.lines().map(String::strip).toList();
        checkHeader(lines.isEmpty() ? "" : lines.get(0), place);
        List<byte[]> parts = parts(lines.subList(1, lines.size()), place);
        byte[] salt = parts.get(0);
        byte[] expected = parts.get(1);
        byte[] ciphertext = parts.get(2);
        try {
            byte[] keys = deriveKeys(password.reveal().strip(), salt);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(keys, KEY_BYTES, KEY_BYTES, "HmacSHA256"));
            if (!MessageDigest.isEqual(expected, mac.doFinal(ciphertext))) {
                throw new WrongPasswordException(place);
            }
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(keys, 0, KEY_BYTES, "AES"),
                    new IvParameterSpec(keys, 2 * KEY_BYTES, BLOCK));
            return new Secret(text(withoutPadding(cipher.doFinal(ciphertext), place), place));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-CTR, HMAC-SHA256 or PBKDF2", e);
        }
    }

    private static void checkHeader(String header, String place) throws UserException {
        List<String> fields = SEMICOLON.splitAsStream(header).toList();
        boolean known = fields.size() >= 3
                && (fields.get(1).equals("1.1") || fields.get(1).equals("1.2"))
                && fields.get(2).equals("AES256");
        if (!known) {
            throw new UserException(place + ":1: not a vault of version 1.1 or 1.2 with cipher AES256;"
                    + " write it again with 'ansible-vault rekey'");
        }
    }

    private static List<byte[]> parts(List<String> body, String place) throws UserException {
        HexFormat hex = HexFormat.of();
        try {
            String inner = new String(hex.parseHex(String.join("", body)), StandardCharsets.US_ASCII);
            List<String> fields = inner.lines().toList();
            if (fields.size() != 3) {
                throw damaged(place);
            }
            List<byte[]> parts = fields.stream().map(hex::parseHex).toList();
            if (parts.get(0).length != KEY_BYTES || parts.get(1).length != KEY_BYTES) {
                throw damaged(place);
            }
            return parts;
        } catch (IllegalArgumentException e) {
            throw damaged(place);
        }
    }

    private static byte[] deriveKeys(String password, byte[] salt) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, (2 * KEY_BYTES + BLOCK) * 8);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
    }

    private static byte[] withoutPadding(byte[] padded, String place) throws UserException {
        int padding = padded.length == 0 ? 0 : padded[padded.length - 1];
        if (padding < 1 || padding > BLOCK || padding > padded.length) {
            throw damaged(place);
        }
        return Arrays.copyOf(padded, padded.length - padding);
    }

    private static String text(byte[] clear, String place) throws UserException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(clear))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserException(place + ": the decrypted text is not UTF-8");
        }
    }

    private static UserException damaged(String place) {
        return new UserException(place + ": the vault is damaged or cut short; restore it from version control");
    }
}
