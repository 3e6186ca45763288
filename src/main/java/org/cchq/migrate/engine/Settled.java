package org.cchq.migrate.engine;

/** An item with the result it ended with. */
public record Settled<T>(T item, ItemResult result) {}
