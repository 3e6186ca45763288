/** What every implementation of an interface has to pass. */
package org.cchq.migrate.contract;
