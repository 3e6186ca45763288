package org.cchq.migrate.kind.blobs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.cchq.migrate.base.UserException;

/** Rows as the ledger keeps them while their chunk is open: a version byte, a count, then the fields of each row that a copy needs; the others come back empty. */
final class RowCodec {
    private static final int VERSION = 1;

    private RowCodec() {}

    static byte[] encode(List<BlobMetaRow> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(rows.size() * 128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(rows.size());
            for (BlobMetaRow row : rows) {
                out.writeLong(row.id());
                out.writeUTF(row.domain());
                out.writeUTF(row.parentId());
                out.writeUTF(row.key());
                out.writeShort(row.typeCode());
                out.writeLong(row.storedLength());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static List<BlobMetaRow> decode(String shard, byte[] encoded) throws UserException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new UserException("ledger: the chunk was written by another version of the agent (" + version
                        + "); resume with that version, or start again with --reset");
            }
            int count = in.readInt();
            List<BlobMetaRow> rows = new ArrayList<>(Math.min(count, 100_000));
            for (int i = 0; i < count; i++) {
                long id = in.readLong();
                String domain = in.readUTF();
                String parentId = in.readUTF();
                String key = in.readUTF();
                int typeCode = in.readShort();
                long storedLength = in.readLong();
                rows.add(new BlobMetaRow(
                        shard,
                        id,
                        domain,
                        parentId,
                        "",
                        key,
                        typeCode,
                        Instant.EPOCH,
                        storedLength,
                        OptionalLong.empty()));
            }
            return rows;
        } catch (IOException e) {
            throw new UserException("ledger: a chunk of shard " + shard + " is damaged; start again with --reset", e);
        }
    }
}
