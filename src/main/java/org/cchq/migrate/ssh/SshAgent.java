package org.cchq.migrate.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of a running ssh-agent, over its socket: lists the keys that it holds, and has it sign. The private keys stay with
 * it. Protocol: draft-miller-ssh-agent. Used for one login.
 */
final class SshAgent implements AutoCloseable {
    /** A key that the agent holds. */
    static final class Identity {
        private final byte[] blob;
        private final String comment;

        Identity(byte[] blob, String comment) {
            this.blob = blob.clone();
            this.comment = comment;
        }

        /** The public key, or certificate, as SSH encodes it. */
        byte[] blob() {
            return blob.clone();
        }

        String comment() {
            return comment;
        }

        /** As SSH names it: {@code ssh-ed25519}. */
        String type() {
            return new String(string(ByteBuffer.wrap(blob)), StandardCharsets.US_ASCII);
        }
    }

    /** Asks for a signature of an RSA key by SHA-256. */
    static final int RSA_SHA2_256 = 2;
    /** Asks for a signature of an RSA key by SHA-512. */
    static final int RSA_SHA2_512 = 4;

    private static final byte REQUEST_IDENTITIES = 11;
    private static final byte IDENTITIES_ANSWER = 12;
    private static final byte SIGN_REQUEST = 13;
    private static final byte SIGN_RESPONSE = 14;

    /** OpenSSH's agent sends no longer message. */
    private static final int LONGEST = 256 * 1024;

    private final SocketChannel channel;

    private SshAgent(SocketChannel channel) {
        this.channel = channel;
    }

    static SshAgent connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new SshAgent(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The keys, in the order in which the agent has them. */
    List<Identity> identities() throws IOException {
        ByteBuffer answer = ask(ByteBuffer.wrap(new byte[] {REQUEST_IDENTITIES}), IDENTITIES_ANSWER);
        List<Identity> identities = new ArrayList<>();
        try {
            for (int count = answer.getInt(); count > 0; count--) {
                byte[] blob = string(answer);
                identities.add(new Identity(blob, new String(string(answer), StandardCharsets.UTF_8)));
            }
        } catch (java.nio.BufferUnderflowException | NegativeArraySizeException e) {
            throw new IOException("the SSH agent's list of keys cannot be understood", e);
        }
        return identities;
    }

    /**
     * Has the agent sign; it may ask a person first.
     *
     * @param flags {@link #RSA_SHA2_256}, {@link #RSA_SHA2_512} or 0
     * @return the signature as SSH encodes it
     */
    byte[] sign(Identity key, byte[] data, int flags) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(1 + 4 + key.blob().length + 4 + data.length + 4);
        request.put(SIGN_REQUEST);
        request.putInt(key.blob().length).put(key.blob());
        request.putInt(data.length).put(data);
        request.putInt(flags).flip();
        return string(ask(request, SIGN_RESPONSE));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private ByteBuffer ask(ByteBuffer request, byte expected) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(4 + request.remaining());
        message.putInt(request.remaining()).put(request).flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
        int length = read(4).getInt();
        if (length < 1 || length > LONGEST) {
            throw new IOException("the SSH agent answers with a message of " + length + " bytes");
        }
        ByteBuffer answer = read(length);
        byte type = answer.get();
        if (type != expected) {
            throw new IOException("the SSH agent refuses (message " + type + ")");
        }
        return answer;
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("the SSH agent has closed its connection");
            }
        }
        return bytes.flip();
    }

    private static byte[] string(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
