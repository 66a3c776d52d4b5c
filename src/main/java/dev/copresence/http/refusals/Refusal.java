package dev.copresence.http.refusals;

import java.util.Locale;

/** The reasons why a request can be refused: the last part of its problem's type and the label of its metric. */
public enum Refusal {
    INVALID_INPUT(400, "Bad Request"),
    UNAUTHENTICATED(401, "Unauthorized"),
    INVALID_GRANT(401, "Unauthorized"),
    FORBIDDEN(403, "Forbidden"),
    FOREIGN_ORIGIN(403, "Forbidden"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    NOT_ACCEPTABLE(406, "Not Acceptable"),
    BODY_TOO_SLOW(408, "Request Timeout"),
    LEASE_REFUSED(409, "Conflict"),
    TEXT_CHANGED(412, "Precondition Failed"),
    BODY_TOO_LARGE(413, "Content Too Large"),
    URI_TOO_LONG(414, "URI Too Long"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type"),
    PRECONDITION_REQUIRED(428, "Precondition Required"),
    TOO_MANY_TABS(429, "Too Many Requests"),
    TOO_MANY_STREAMS(429, "Too Many Requests"),
    TOO_MANY_REQUESTS(429, "Too Many Requests"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large"),
    INTERNAL_ERROR(500, "Internal Server Error"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    UNAVAILABLE(503, "Service Unavailable");

    private final int status;
    private final String title;

    Refusal(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    /** The name that RFC 9110 or RFC 6585 gives the status. */
    public String title() {
        return title;
    }

    String reason() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The general refusal of a status that some library chose. */
    static Refusal of(int status) {
        for (var refusal : values()) {
            if (refusal.status() == status) {
                return refusal;
            }
        }
        return status < 500 ? INVALID_INPUT : INTERNAL_ERROR;
    }
}
