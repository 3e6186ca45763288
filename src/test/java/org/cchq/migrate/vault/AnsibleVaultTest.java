package org.cchq.migrate.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnsibleVaultTest {
    /** Made by ansible-vault 2.14: the text "secrets: {A: b}" and a line end; password "example". */
    private static final String VAULT = """
            $ANSIBLE_VAULT;1.1;AES256
            62313464333437613633323231343639383762363737316163663665633165383061336331323162
            6463626437323735656630386135663235333537666331640a363563343534616433316239626232
            37333839616238626161663634313138363731373136636631633430386662623063313933383865
            3564353730646462620a333831353332343130383933366432636162613936666237643935386137
            35303237343562316261626564356235346333636634663832633738356431383038
            """;

    private static final Secret PASSWORD = new Secret("example");

    @Test
    void decrypts() throws Exception {
        assertThat(AnsibleVault.decrypt(VAULT, PASSWORD, "vault.yml").reveal()).isEqualTo("secrets: {A: b}\n");
    }

    @Test
    void ignoresWhiteSpaceAroundThePassword() throws Exception {
        Secret fromFile = new Secret(" example\n");

        assertThat(AnsibleVault.decrypt(VAULT, fromFile, "vault.yml").reveal()).startsWith("secrets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vault.yml", "vault-id-1.2.yml"})
    void readsFilesOfBothVersions(String name) throws Exception {
        var fixture = Samples.directory().resolve("vault-fixture");
        Secret password = new Secret(Files.readString(fixture.resolve("passphrase.txt")));

        Secret clear = AnsibleVault.decrypt(Files.readString(fixture.resolve(name)), password, name);

        assertThat(clear.reveal()).isEqualTo(Files.readString(fixture.resolve("vault.plain.yml")));
    }

    @Test
    void tellsAWrongPassword() {
        assertThatThrownBy(() -> AnsibleVault.decrypt(VAULT, new Secret("exampel"), "environments/east/vault.yml"))
                .isInstanceOf(WrongPasswordException.class)
                .hasMessageStartingWith("environments/east/vault.yml: the vault password is wrong")
                .hasMessageNotContaining("exampel");
    }

    @Test
    void refusesAChangedCiphertext() {
        char last = VAULT.charAt(VAULT.length() - 2);
        String changed = VAULT.substring(0, VAULT.length() - 2) + (last == '0' ? '1' : '0') + "\n";

        assertThatThrownBy(() -> AnsibleVault.decrypt(changed, PASSWORD, "vault.yml"))
                .isInstanceOf(WrongPasswordException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 100, 300, 400})
    void refusesAFileThatIsCutShort(int length) {
        assertThatThrownBy(() -> AnsibleVault.decrypt(VAULT.substring(0, length), PASSWORD, "vault.yml"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("vault.yml: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$ANSIBLE_VAULT;1.0;AES",
                "$ANSIBLE_VAULT;1.1;AES",
                "$ANSIBLE_VAULT;2.0;AES256",
                "$ANSIBLE_VAULT;"
            })
    void refusesVersionsThatItDoesNotKnow(String header) {
        assertThatThrownBy(() -> AnsibleVault.decrypt(header + "\n6162\n", PASSWORD, "vault.yml"))
                .hasMessageStartingWith("vault.yml:1: not a vault of version 1.1 or 1.2");
    }

    @Test
    void takesThePasswordFromTheVariable() throws Exception {
        VaultPassword password = new VaultPassword(Map.of(VaultPassword.VARIABLE, "example"), SecretPrompt.NONE);

        assertThat(password.open("east", VAULT, "vault.yml").reveal()).startsWith("secrets");
    }

    @Test
    void failsAtOnceIfTheVariableIsWrong() {
        SecretPrompt mustNotAsk = question -> {
            throw new AssertionError("asked: " + question);
        };
        VaultPassword password = new VaultPassword(Map.of(VaultPassword.VARIABLE, "wrong"), mustNotAsk);

        assertThatThrownBy(() -> password.open("east", VAULT, "vault.yml")).isInstanceOf(WrongPasswordException.class);
    }

    @Test
    void asksAgainAfterAWrongAnswer() throws Exception {
        Deque<String> answers = new ArrayDeque<>(List.of("wrong", "example"));
        List<String> questions = new ArrayList<>();
        VaultPassword password = new VaultPassword(Map.of(), question -> {
            questions.add(question);
            return Optional.of(new Secret(answers.removeFirst()));
        });

        assertThat(password.open("east", VAULT, "vault.yml").reveal()).startsWith("secrets");
        assertThat(questions)
                .containsExactly("Vault Password for 'east': ", "incorrect password\nVault Password for 'east': ");
    }

    @Test
    void saysWhatToSetIfNobodyCanBeAsked() {
        VaultPassword password = new VaultPassword(Map.of(), SecretPrompt.NONE);

        assertThatThrownBy(() -> password.open("east", VAULT, "vault.yml"))
                .hasMessageContaining("set ANSIBLE_VAULT_PASSWORD or run in a terminal");
    }
}
