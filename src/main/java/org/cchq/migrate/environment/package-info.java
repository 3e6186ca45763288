/** The files of one environment as typed values, and the settings for the agent made from them. Owns SnakeYAML. */
@NullMarked
package org.cchq.migrate.environment;

import org.jspecify.annotations.NullMarked;
