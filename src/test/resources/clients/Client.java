import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.copresence.client.ApiClient;
import dev.copresence.client.ApiException;
import dev.copresence.client.api.LeasesApi;
import dev.copresence.client.api.PresenceApi;
import dev.copresence.client.model.Heartbeat;
import dev.copresence.client.model.Join;
import dev.copresence.client.model.Leave;
import dev.copresence.client.model.LeaseCommand;
import java.util.UUID;

/** A client of the API, whose classes are made of its description: it compiles, and it runs against the service. */
public final class Client {

    private Client() {}

    /** Takes the service's address, a token and a page. */
    public static void main(String... args) throws ApiException {
        var api = new ApiClient();
        api.updateBaseUri(args[0]);
        // The forms of a page differ in their fields; a mapper that takes any fields cannot tell one from the other.
        api.setObjectMapper(ApiClient.createDefaultObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        api.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + args[1]));
        var presence = new PresenceApi(api);
        var page = args[2];
        var tab = UUID.randomUUID();

        var joined = presence.join(new Join().pagePath(page).tabId(tab));
        var beat = presence.heartbeat(
                new Heartbeat().pagePath(page).tabId(tab).isEditing(true).known(joined.getEtag()));
        expect(beat.getEditing().getGranted(), "the claim is granted");
        expect(beat.getNextHeartbeatMs() > 0, "what is required is there");
        var seen = presence.getPage(page, null, null).getPresenceSnapshot();
        expect(seen.getTabCount() == 1 && seen.getViewers().size() == 1, "the page has one tab");
        try {
            new LeasesApi(api).keepLease(new LeaseCommand().pagePath(page).tabId(tab));
            expect(false, "nobody has asked");
        } catch (ApiException refused) {
            expect(refused.getCode() == 409, "nobody has asked, but " + refused.getCode());
        }
        presence.leave(new Leave().pagePath(page).tabId(tab));
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
