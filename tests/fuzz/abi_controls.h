/* The part of abi_fuzz.c that calls what happens in and around calls. */
static sipua_change a_change;
static sipua_transfer_config a_transfer;

/* What happens in a call, and what joins calls. */
static void controls(in *i, int a, unsigned op) {
    char b1[80], b2[80], b3[80];
    sipua_reply r;
    sipua_id id = 0;
    switch (op) {
    case 0: case 1: {
        sipua_change *c = &a_change;
        *c = (sipua_change)SIPUA_CHANGE_INIT;
        c->hold = byte(i) % 4;
        c->method = byte(i) % 4;
        c->body = byte(i) % 4 ? NULL : text(i, b1);
        c->body_size = c->body ? (uint32_t)strlen(c->body) : 0;
        sipua_call_change(agents[a], pick(i), byte(i) % 8 ? c : NULL, byte(i));
        break;
    }
    case 2: reply_of(i, &r, b1, b2); sipua_call_accept_change(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 3: reply_of(i, &r, b1, b2); sipua_call_reject_change(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 4: sipua_call_mute(agents[a], pick(i), byte(i) % 8 ? (byte(i) % 4) << 10 : word(i), byte(i) % 4, byte(i)); break;
    case 5: {
        sipua_request_config c = SIPUA_REQUEST_CONFIG_INIT;
        c.method = byte(i) % 2 ? NULL : text(i, b1);
        c.content_type = byte(i) % 2 ? NULL : text(i, b2);
        c.body = text(i, b3);
        c.body_size = c.body ? (uint32_t)strlen(c.body) : 0;
        sipua_call_request(agents[a], pick(i), byte(i) % 8 ? &c : NULL, byte(i), &id);
        break;
    }
    case 6: {
        sipua_collect_config c = SIPUA_COLLECT_CONFIG_INIT;
        c.max_digits = byte(i);
        c.terminators = byte(i) % 2 ? NULL : text(i, b1);
        c.timeout_ms = (int32_t)word(i) - 2;
        sipua_call_collect(agents[a], pick(i), byte(i) % 8 ? &c : NULL, byte(i), &id);
        break;
    }
    case 7: sipua_collector_stop(agents[a], pick(i), byte(i)); break;
    case 8: case 9: {
        sipua_transfer_config *c = &a_transfer;
        *c = (sipua_transfer_config)SIPUA_TRANSFER_CONFIG_INIT;
        c->target = byte(i) % 4 ? target(i, b1, a) : NULL;
        c->consult = byte(i) % 3 ? 0 : pick(i);
        c->recipient = op == 9 ? target(i, b2, a) : NULL;
        c->referred_by = byte(i) % 4 ? NULL : text(i, b3);
        c->subscribe = byte(i) % 4;
        if (op == 8)
            sipua_call_transfer(agents[a], pick(i), c, byte(i), &id);
        else
            sipua_transfer_send(agents[a], byte(i) % 2 ? pick(i) : 0, c, byte(i), &id);
        break;
    }
    case 10: sipua_transfer_accept(agents[a], pick(i), NULL, byte(i), &id); break;
    case 11: reply_of(i, &r, b1, b2); sipua_transfer_reject(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 12: sipua_conference_create(agents[a], NULL, byte(i), &id); break;
    case 13: sipua_conference_add(agents[a], pick(i), pick(i), byte(i)); break;
    case 14: sipua_conference_remove(agents[a], pick(i), pick(i), byte(i)); break;
    case 15: sipua_conference_play(agents[a], pick(i), sound, byte(i) % 4, byte(i), byte(i), &id); break;
    case 16: sipua_conference_record(agents[a], pick(i), recording, byte(i), byte(i), &id); break;
    case 17: sipua_conference_end(agents[a], pick(i), byte(i) % 4, byte(i)); break;
    case 18: sipua_bridge_create(agents[a], pick(i), pick(i), NULL, byte(i), &id); break;
    case 19: sipua_bridge_end(agents[a], pick(i), byte(i)); break;
    default: sipua_agent_drain(agents[a], byte(i) % 4, byte(i)); break;
    }
    remember(id);
}

/* Event packages. */
static void packages(in *i, int a, unsigned op) {
    static const char *const names[] = {"presence", "message-summary;id=1", "dialog", "refer"};
    char b1[80], b2[80], b3[80];
    sipua_reply r;
    sipua_id id = 0;
    switch (op) {
    case 0: case 1: {
        sipua_subscribe_config c = SIPUA_SUBSCRIBE_CONFIG_INIT;
        c.target = target(i, b1, a);
        c.event = byte(i) % 8 ? names[byte(i) % 4] : text(i, b2);
        c.expires = (int32_t)word(i) - 2;
        c.accept = byte(i) % 4 ? NULL : text(i, b3);
        sipua_subscription_create(agents[a], byte(i) % 2 ? pick(i) : 0, &c, byte(i), &id);
        break;
    }
    case 2: sipua_subscription_refresh(agents[a], pick(i), word(i), byte(i)); break;
    case 3: sipua_subscription_end(agents[a], pick(i), byte(i)); break;
    case 4: case 5: {
        static const char *const states[] = {NULL, "active", "pending", "terminated"};
        sipua_notify_config c = SIPUA_NOTIFY_CONFIG_INIT;
        c.state = states[byte(i) % 4];
        c.reason = byte(i) % 4 ? NULL : text(i, b1);
        c.content_type = byte(i) % 2 ? "application/simple-message-summary" : text(i, b2);
        c.body = text(i, b3);
        c.body_size = c.body ? (uint32_t)strlen(c.body) : 0;
        if (op == 4)
            sipua_notifier_accept(agents[a], pick(i), byte(i) % 2 ? &c : NULL, byte(i), byte(i));
        else
            sipua_notifier_notify(agents[a], pick(i), &c, byte(i));
        break;
    }
    case 6: reply_of(i, &r, b1, b2); sipua_notifier_reject(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 7: {
        sipua_publish_config c = SIPUA_PUBLISH_CONFIG_INIT;
        c.target = target(i, b1, a);
        c.event = names[byte(i) % 4];
        c.body = text(i, b2);
        c.body_size = c.body ? (uint32_t)strlen(c.body) : 0;
        sipua_publication_create(agents[a], byte(i) % 2 ? pick(i) : 0, &c, byte(i), &id);
        break;
    }
    case 8: {
        const char *body = text(i, b1);
        sipua_publication_update(agents[a], pick(i), NULL, body, body ? (uint32_t)strlen(body) : 0, byte(i));
        break;
    }
    default: sipua_publication_end(agents[a], pick(i), byte(i)); break;
    }
    remember(id);
}

/* A document of the input's making: what can be written is of its type. */
static void documents(in *i) {
    char b1[80] = "", b2[80] = "", out[512];
    sipua_field_info f = SIPUA_FIELD_INFO_INIT;
    int32_t row = word(i) % 256;
    never((sipua_field_at(row, &f) > 0) != (row < sipua_field_count()));
    sipua_pair fields[] = {{byte(i) % 2 && f.name ? f.name : text(i, b1), text(i, b2)}, {b1, b2}};
    sipua_document_write(f.type ? f.type : b1, fields, byte(i) % 3, out, word(i) % sizeof out);
}
