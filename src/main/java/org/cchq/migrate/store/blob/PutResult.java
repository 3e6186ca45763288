package org.cchq.migrate.store.blob;

/**
 * What a write did.
 *
 * @param effect whether the blob was stored by this call
 * @param length stored bytes at the key now
 * @param verified how the bytes were compared end to end
 */
public record PutResult(Effect effect, long length, Verified verified) {
    /** What is at the key after the call. */
    public enum Effect {
        /** This call stored it. */
        CREATED,
        /** It was there, with the same length and, where both declare one, the same checksum. */
        SAME,
        /** Something else was there; it was left as it is. */
        DIFFERENT
    }

    /** How far the comparison reached. */
    public enum Verified {
        /** Checksum on both sides. */
        CHECKSUM,
        /** Checksum of the target; the source declares none that can be computed: length only. */
        TARGET_CHECKSUM,
        /** Length only on both sides. */
        LENGTH
    }
}
