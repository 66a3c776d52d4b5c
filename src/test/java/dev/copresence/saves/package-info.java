/** The recipe of docs/editing.md: its SQL as the document has it, run on real databases in every order. */
@NullMarked
package dev.copresence.saves;

import org.jspecify.annotations.NullMarked;
