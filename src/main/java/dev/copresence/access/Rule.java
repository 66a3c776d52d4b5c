package dev.copresence.access;

import dev.copresence.PagePath;

/** The people who may what on the pages of one rule. */
record Rule(Who view, Who names, Who initials, Who count, Who edit) {

    /**
     * The rights that are settled without asking, and those that depend on the answer of the application. Both are sets of
     * {@link Right#bit()}; what would make no difference is in neither.
     */
    record Settled(int yes, int ask) {

        static final Settled NOTHING = new Settled(0, 0);
    }

    /** The rights as far as they can be told without asking. */
    Settled settle(Caller caller, PagePath page, boolean isSelf) {
        var grant = caller.grant();
        var granted = grant != null && saysGrant() ? grant.rights(page) : 0;
        var yes = 0;
        var ask = 0;
        if (allows(view, Right.VIEW, caller, granted, isSelf)) {
            yes = Right.VIEW.bit();
        } else if (view.ask()) {
            ask = Right.VIEW.bit();
        } else {
            return Settled.NOTHING;
        }
        // Of the three the first that is sure makes those behind it needless.
        if (allows(names, Right.NAMES, caller, granted, isSelf)) {
            yes |= Right.NAMES.bit();
        } else {
            ask |= names.ask() ? Right.NAMES.bit() : 0;
            if (allows(initials, Right.INITIALS, caller, granted, isSelf)) {
                yes |= Right.INITIALS.bit();
            } else {
                ask |= initials.ask() ? Right.INITIALS.bit() : 0;
                if (allows(count, Right.COUNT, caller, granted, isSelf)) {
                    yes |= Right.COUNT.bit();
                } else {
                    ask |= count.ask() ? Right.COUNT.bit() : 0;
                }
            }
        }
        if (allows(edit, Right.EDIT, caller, granted, isSelf)) {
            yes |= Right.EDIT.bit();
        } else {
            ask |= edit.ask() ? Right.EDIT.bit() : 0;
        }
        return new Settled(yes, ask);
    }

    private static boolean allows(Who who, Right right, Caller caller, int granted, boolean isSelf) {
        return who.names(caller, isSelf) || who.grant() && right.isIn(granted);
    }

    /** True if somebody is named by a grant. */
    boolean saysGrant() {
        return view.grant() || names.grant() || initials.grant() || count.grant() || edit.grant();
    }

    /** True if the application is asked about somebody. */
    boolean saysAsk() {
        return view.ask() || names.ask() || initials.ask() || count.ask() || edit.ask();
    }

    /** True if somebody is named as the user of the path. */
    boolean saysSelf() {
        return view.self() || names.self() || initials.self() || count.self() || edit.self();
    }
}
