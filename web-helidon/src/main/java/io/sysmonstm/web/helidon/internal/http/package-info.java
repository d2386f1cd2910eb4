/** Calls and their answers: routes, parameters, problems, files. */
package io.sysmonstm.web.helidon.internal.http;
