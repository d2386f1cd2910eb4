/** The dashboard; {@link io.sysmonstm.web.helidon.Dashboard} is the entry. */
package io.sysmonstm.web.helidon;
