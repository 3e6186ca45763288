package org.cchq.migrate.vault;

import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;

/**
 * Where the vault password comes from: the variable {@value #VARIABLE}, else a prompt. A wrong password from the variable
 * ends the run; a wrong one from the prompt is asked for again.
 */
public final class VaultPassword {
    public static final String VARIABLE = "ANSIBLE_VAULT_PASSWORD";

    private static final int ATTEMPTS = 3;

    private final Map<String, String> variables;
    private final SecretPrompt prompt;
    private Optional<Secret> opened = Optional.empty();

    /** @param variables the process's environment variables */
    public VaultPassword(Map<String, String> variables, SecretPrompt prompt) {
        this.variables = Map.copyOf(variables);
        this.prompt = prompt;
    }

    /** The password that opened a vault last; empty if none was opened. */
    public Optional<Secret> opened() {
        return opened;
    }

    /**
     * The clear text of an encrypted vault.
     *
     * @param name of the environment, for the prompt
     * @param text the file's text, see {@link AnsibleVault#isEncrypted}
     * @param place of the file, for messages
     */
    public Secret open(String name, String text, String place) throws UserException {
        String fromVariable = variables.get(VARIABLE);
        if (fromVariable != null) {
            return openWithVariable(fromVariable, text, place);
        }
        String question = "Vault Password for '" + name + "': ";
        for (int attempt = 1; ; attempt++) {
            Optional<Secret> typed = prompt.ask(question);
            if (typed.isEmpty()) {
                throw new UserException(place + ": the vault is encrypted and there is no password; set " + VARIABLE
                        + " or run in a terminal");
            }
            try {
                Secret clear = AnsibleVault.decrypt(text, typed.get(), place);
                opened = typed;
                return clear;
            } catch (WrongPasswordException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                question = "incorrect password\nVault Password for '" + name + "': ";
            }
        }
    }

    private Secret openWithVariable(String password, String text, String place) throws UserException {
        if (password.isBlank()) {
            throw new UserException(
                    VARIABLE + ": is set but empty; set the password or unset the variable to be asked");
        }
        Secret clear = AnsibleVault.decrypt(text, new Secret(password), place);
        opened = Optional.of(new Secret(password));
        return clear;
    }
}
