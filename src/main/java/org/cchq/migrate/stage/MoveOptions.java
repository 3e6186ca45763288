package org.cchq.migrate.stage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an operator asks of advance and back.
 *
 * @param check only show
 * @param quiet do not ask
 * @param newHosts of the new cluster, to be added to the inventory; empty if they are there, or for a named store
 * @param newStanchion likewise, of its stanchion
 * @param newStore the store to move to; empty for a cluster
 * @param accepted blobs that may stay missing
 * @param idle how long nobody must have used the old store
 * @param oldReadsChecked the operator has looked at the old store's own metrics
 * @param leaveNewBlobs go back without the blobs that only the new store has
 * @param oldKeysRefused go on although the new cluster does not take the old store's keys
 */
public record MoveOptions(
        boolean check,
        boolean quiet,
        List<NewHost> newHosts,
        List<NewHost> newStanchion,
        Optional<NamedStore> newStore,
        Optional<AcceptedBlobs> accepted,
        Duration idle,
        boolean oldReadsChecked,
        boolean leaveNewBlobs,
        boolean oldKeysRefused) {
    /** Unless an operator says otherwise. */
    public static final Duration IDLE = Duration.ofHours(1);

    /**
     * A store by its address.
     *
     * @param signature s3 or s3v4; empty: what the environment has
     */
    public record NamedStore(String url, String bucket, Optional<String> signature) {}

    public MoveOptions {
        newHosts = List.copyOf(newHosts);
        newStanchion = List.copyOf(newStanchion);
    }

    /** Nothing is changed, nobody is asked. */
    public static MoveOptions onlyShow() {
        return new MoveOptions(
                true, true, List.of(), List.of(), Optional.empty(), Optional.empty(), IDLE, false, false, false);
    }

    /** Nothing said. */
    public static MoveOptions none() {
        return new MoveOptions(
                false, false, List.of(), List.of(), Optional.empty(), Optional.empty(), IDLE, false, false, false);
    }
}
