package org.cchq.migrate.run;

import java.util.OptionalInt;

/**
 * How a followed job ended.
 *
 * @param exit the agent's exit status; empty if its process is gone and left none
 */
public record FollowEnd(OptionalInt exit) {}
