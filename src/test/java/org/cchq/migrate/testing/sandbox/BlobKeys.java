package org.cchq.migrate.testing.sandbox;

import java.util.List;
import java.util.Random;

/** Object keys of every era of HQ. */
final class BlobKeys {
    private static final String URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final String HQ_LEGAL = "abcdefghijklmnopqrstuvwxyz0123456789_.{}-";

    /** Legal for S3, refused by HQ's check of names, and found in stores all the same. */
    private static final List<String> ONLY_S3 = List.of(
            "exports/Rapport d'activité %d.csv",
            "exports/100%% done + more %d.zip",
            "données/été/%d",
            "विवरण/%d.xlsx",
            "a=b&c=d;e,f@%d:8080!",
            "(copy) [%d] ~final*.pdf",
            "plus+and%%2Fslash/%d",
            "emoji-\uD83D\uDE00-%d",
            "quote\"<tag>'%d",
            "back\\slash|pipe^%d");

    private final Random random;

    BlobKeys(Random random) {
        this.random = random;
    }

    String hex(int digits) {
        StringBuilder text = new StringBuilder();
        while (text.length() < digits) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }

    private String from(String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** Any era but the odd ones. */
    String ordinary(String parentId) {
        return switch (random.nextInt(6)) {
            case 0 -> "_default/" + from(URL_SAFE, 22);
            case 1 -> "form/" + hex(32) + "/form.xml." + from(URL_SAFE, 11);
            case 2 -> "commcarehq/" + parentId + "/form.xml." + from(URL_SAFE, 11);
            case 3 -> "commcarehq__apps/sha1-" + hex(40) + "/" + from(URL_SAFE, 22);
            default -> hex(32);
        };
    }

    /** What HQ's check of names lets pass at its edges: braces, dots, dashes, 255 characters. */
    String odd(int number) {
        return switch (number % 4) {
            case 0 -> "commcarehq/id{" + hex(8) + "}/n." + number;
            case 1 -> "x" + from(HQ_LEGAL, 60) + "/..." + hex(8) + "/" + from(HQ_LEGAL, 20) + number;
            case 2 -> "{" + hex(16) + "}{}--__..{" + number + "}";
            default -> from("abcdef0123456789", 255);
        };
    }

    /** What only S3 lets pass. */
    String onlyS3(int number) {
        return ONLY_S3.get(number % ONLY_S3.size()).formatted(number);
    }
}
