package org.cchq.migrate.ssh;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.method.AbstractAuthMethod;

/**
 * Logs in with a key that an SSH agent holds (RFC 4252, section 7): asks the server whether it takes the key, and only then has
 * the agent sign.
 */
final class AgentAuth extends AbstractAuthMethod {
    /** Names of signatures for the keys whose own name is not that of a signature that servers still take. */
    private static final Map<String, List<String>> SIGNATURES = Map.of(
            "ssh-rsa",
            List.of("rsa-sha2-512", "rsa-sha2-256"),
            "ssh-rsa-cert-v01@openssh.com",
            List.of("rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"));

    private final SshAgent agent;
    private final SshAgent.Identity key;
    private final Deque<String> signatures;

    AgentAuth(SshAgent agent, SshAgent.Identity key) {
        super("publickey");
        this.agent = agent;
        this.key = key;
        this.signatures = new ArrayDeque<>(SIGNATURES.getOrDefault(key.type(), List.of(key.type())));
    }

    @Override
    protected SSHPacket buildReq() throws UserAuthException {
        return request(false);
    }

    @Override
    public boolean shouldRetry() {
        signatures.poll();
        return !signatures.isEmpty();
    }

    @Override
    public void handle(Message message, SSHPacket packet) throws UserAuthException, TransportException {
        // SSH_MSG_USERAUTH_PK_OK has the number 60.
        if (message != Message.USERAUTH_60) {
            super.handle(message, packet);
            return;
        }
        SSHPacket request = request(true);
        byte[] signed = new Buffer.PlainBuffer()
                .putString(params.getTransport().getSessionID())
                .putBuffer(request)
                .getCompactData();
        try {
            request.putString(agent.sign(key, signed, flags()));
        } catch (IOException e) {
            throw new UserAuthException("the SSH agent does not sign with " + key.comment() + ": " + e.getMessage(), e);
        }
        params.getTransport().write(request);
    }

    private SSHPacket request(boolean signed) throws UserAuthException {
        return super.buildReq()
                .putBoolean(signed)
                .putString(String.valueOf(signatures.peek()))
                .putString(key.blob());
    }

    private int flags() {
        String name = String.valueOf(signatures.peek());
        return name.startsWith("rsa-sha2-512")
                ? SshAgent.RSA_SHA2_512
                : name.startsWith("rsa-sha2-256") ? SshAgent.RSA_SHA2_256 : 0;
    }
}
