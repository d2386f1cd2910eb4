/** Small applications that use sysmonstm as a library; the documentation quotes them. */
package io.sysmonstm.docs;
