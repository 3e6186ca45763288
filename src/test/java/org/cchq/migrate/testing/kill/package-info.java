/** The back-fill killed at random instants while its site is at work, and a judge who reads both stores and the rows. */
package org.cchq.migrate.testing.kill;
