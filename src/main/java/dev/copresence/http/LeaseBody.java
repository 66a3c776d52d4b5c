package dev.copresence.http;

import dev.copresence.Lease;
import dev.copresence.http.refusals.PersonBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A lease that is held as was asked. */
@Schema(name = "Lease", description = "The lease is held under this fence: what was written under it may be saved.")
record LeaseBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(examples = "install", description = "Absent for the page as a whole.") @Nullable
        String section,

        @Schema(examples = "1795467000000000") long fence,

        PersonBody editor) {

    static LeaseBody of(VerifyBody.Question asked, Lease lease) {
        var section = asked.section();
        return new LeaseBody(
                asked.page().value(),
                section == null ? null : section.value(),
                lease.fence(),
                PersonBody.of(lease.holder()));
    }
}
