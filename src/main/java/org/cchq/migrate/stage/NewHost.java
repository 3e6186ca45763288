package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.UserException;

/**
 * A host of the new cluster, as {@code --new-hosts} names it: {@code ADDRESS} or {@code NAME=ADDRESS}.
 *
 * @param address the inventory's name of it
 * @param hostname the name for people; "" if none is given
 */
public record NewHost(String address, String hostname) {
    /** Reads a list, comma separated. */
    public static List<NewHost> parse(String text, String option) throws UserException {
        List<NewHost> hosts = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            String[] parts = word.strip().split("=", -1);
            String address = parts[parts.length - 1];
            if (parts.length > 2
                    || !address.matches("[A-Za-z0-9][A-Za-z0-9._:-]*")
                    || (parts.length == 2 && !parts[0].matches("[A-Za-z0-9][A-Za-z0-9._-]*"))) {
                throw new UserException(option + ": '" + word.strip() + "' is neither ADDRESS nor NAME=ADDRESS");
            }
            hosts.add(new NewHost(address, parts.length == 2 ? parts[0] : ""));
        }
        return hosts;
    }
}
