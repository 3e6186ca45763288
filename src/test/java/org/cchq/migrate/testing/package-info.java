/** Fakes and real servers for tests. */
package org.cchq.migrate.testing;
