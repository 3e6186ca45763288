package org.cchq.migrate.ssh;

/**
 * Where and as whom to log in.
 *
 * @param name the host as a person names it: its name in the inventory
 * @param address DNS name or address
 * @param port TCP port
 * @param user login user
 */
public record SshTarget(String name, String address, int port, String user) {
    public SshTarget {
        if (name.isEmpty() || address.isEmpty() || user.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a host to log in to: " + user + "@" + address + ":" + port);
        }
    }

    /** As known_hosts writes it: the address, in brackets with its port unless that is 22. */
    public String knownHostsName() {
        return port == 22 ? address : "[" + address + "]:" + port;
    }

    /** As a message names it: {@code user@name}, with the address where that differs. */
    @Override
    public String toString() {
        String place = port == 22 ? address : address + ":" + port;
        return user + "@" + (name.equals(address) ? place : name + " (" + place + ")");
    }
}
