/**
 * A whole small environment on one machine, made of real servers, and the demonstration that runs on it: data, a site that
 * goes on working, and a comparison of both stores that shares no code with what it judges.
 */
@NullMarked
package org.cchq.migrate.testing.sandbox;

import org.jspecify.annotations.NullMarked;
