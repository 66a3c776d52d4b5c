package dev.copresence.http.door;

import org.jspecify.annotations.Nullable;

/** The addresses that are told apart before anybody answers them. */
final class Addresses {

    private Addresses() {}

    /** True for what belongs to the demo: its start page, its pages, their scripts and its backend; not the browser client. */
    static boolean isOfSite(@Nullable String path) {
        return path != null
                && (path.equals("/")
                        || path.equals("/index.html")
                        || isBelow("/docs", path)
                        || isBelow("/demo", path)
                        || isBelow(HttpLayer.API + "demo", path));
    }

    /**
     * The address that is meant by one of the login or the logout with a slash at its end, as some development proxies make
     * it of the one without; null for all others. It is no redirect, which such a proxy would send back here with the slash.
     */
    static @Nullable String withoutSlash(@Nullable String path) {
        if ("/login/".equals(path)) {
            return "/login";
        }
        return "/logout/".equals(path) ? "/logout" : null;
    }

    private static boolean isBelow(String folder, String path) {
        return path.startsWith(folder) && (path.length() == folder.length() || path.charAt(folder.length()) == '/');
    }
}
