package dev.copresence.bench;

import java.util.UUID;

/** A tab of an account on a page. */
record Tab(Account account, String id, String page) {

    static Tab of(Account account, int number, String page) {
        return new Tab(account, new UUID(0x1000_4000L + number, 0x8000_0000_0000_0000L + number).toString(), page);
    }

    /** @param known the etag that the tab has, or null for a client that has none; every answer then holds a snapshot */
    String heartbeatBody(String known) {
        return "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + id + "\",\"isEditing\":false"
                + (known == null
                        ? "}"
                        : ",\"isVisible\":true,\"incarnation\":1795563071255.5,\"known\":\"" + known + "\"}");
    }

    Request heartbeat(String known) {
        return Request.post("heartbeat", account, heartbeatBody(known));
    }

    /** A heartbeat that claims to edit; its answer holds the receipt unless that is known. */
    Request edit(boolean receiptKnown) {
        var body = "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + id + "\",\"isEditing\":true,\"receiptKnown\":"
                + receiptKnown + "}";
        return Request.post("heartbeat", account, body);
    }

    Request join() {
        return Request.post("join", account, "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + id + "\"}");
    }

    Request leave() {
        return Request.post("leave", account, "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + id + "\"}");
    }

    /** @param etag what the reader has, or null */
    Request list(String etag) {
        return Request.get("list?pagePath=" + page, account, etag == null ? "" : "If-None-Match: \"" + etag + "\"\r\n");
    }
}
