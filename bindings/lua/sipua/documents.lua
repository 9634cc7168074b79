-- Written by abi/gen/generate from the library's table of documents. Do not edit.
-- The bodies of event packages and messages. Each member has its kind: "text", "number", "switch", a table of members for a
-- part, and {list = kind} for a list.
return {
    presence = {
        type = "application/pidf+xml",
        members = {
            entity = "text",
            tuples = { list = {
                id = "text",
                status = "text",
                priority = "text",
                contact = "text",
                note = "text",
                timestamp = "text",
            } },
            notes = { list = "text" },
            person = {
                id = "text",
                activity_note = "text",
                activity = "text",
                mood = "text",
                last_input = "text",
                user_input = "text",
                note = "text",
                timestamp = "text",
            },
        },
    },
    message_summary = {
        type = "application/simple-message-summary",
        members = {
            waiting = "switch",
            account = "text",
            voice = {
                new = "number",
                old = "number",
                urgent_new = "number",
            },
            fax = {
                new = "number",
                old = "number",
                urgent_new = "number",
            },
            pager = {
                new = "number",
                old = "number",
                urgent_new = "number",
            },
            multimedia = {
                new = "number",
                old = "number",
                urgent_new = "number",
            },
            text = {
                new = "number",
                old = "number",
                urgent_new = "number",
            },
        },
    },
    dialog_info = {
        type = "application/dialog-info+xml",
        members = {
            version = "number",
            state = "text",
            entity = "text",
            dialogs = { list = {
                id = "text",
                call_id = "text",
                local_tag = "text",
                remote_tag = "text",
                direction = "text",
                event = "text",
                code = "number",
                state = "text",
                duration = "number",
                replaces = {
                    call_id = "text",
                    local_tag = "text",
                    remote_tag = "text",
                },
                referred_by = "text",
                ["local"] = {
                    name = "text",
                    identity = "text",
                    target = "text",
                },
                remote = {
                    name = "text",
                    identity = "text",
                    target = "text",
                },
            } },
        },
    },
    registration_info = {
        type = "application/reginfo+xml",
        members = {
            version = "number",
            state = "text",
            registrations = { list = {
                aor = "text",
                id = "text",
                state = "text",
                contacts = { list = {
                    id = "text",
                    state = "text",
                    event = "text",
                    duration = "number",
                    expires = "number",
                    retry_after = "number",
                    q = "text",
                    callid = "text",
                    cseq = "number",
                    uri = "text",
                    name = "text",
                } },
            } },
        },
    },
    conference_info = {
        type = "application/conference-info+xml",
        members = {
            entity = "text",
            version = "number",
            state = "text",
            title = "text",
            subject = "text",
            max_users = "number",
            count = "number",
            active = "switch",
            locked = "switch",
            users = { list = {
                entity = "text",
                state = "text",
                name = "text",
                role = "text",
                endpoints = { list = {
                    entity = "text",
                    state = "text",
                    name = "text",
                    status = "text",
                    joining = "text",
                    leaving = "text",
                    media = { list = {
                        id = "text",
                        type = "text",
                        status = "text",
                    } },
                } },
            } },
        },
    },
    composing_state = {
        type = "application/im-iscomposing+xml",
        members = {
            state = "text",
            last_active = "text",
            content_type = "text",
            refresh = "number",
        },
    },
    delivery_notification = {
        type = "message/imdn+xml",
        members = {
            message_id = "text",
            datetime = "text",
            recipient = "text",
            original = "text",
            subject = "text",
            kind = "text",
            status = "text",
        },
    },
    cpim_message = {
        type = "message/cpim",
        members = {
            from = "text",
            from_name = "text",
            to = "text",
            to_name = "text",
            datetime = "text",
            subject = "text",
            message_id = "text",
            disposition = "text",
            content_type = "text",
            content = "text",
        },
    },
    sip_fragment = {
        type = "message/sipfrag",
        members = {
            status = "number",
            reason = "text",
        },
    },
}
