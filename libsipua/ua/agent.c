/* The agent: what the stack and the media report finds its object here; listeners; how it is made and freed. */
#include <stdlib.h>

#include "sip/write.h"
#include "ua/internal.h"
#include "ua/together.h"

int ua_host_port(const char *text, char **host, uint16_t *port) {
    sx_slice s = sx_trim(sx_slice_str(text)), rest;
    *port = 0;
    if (s.n && s.p[0] == '[') {
        ptrdiff_t end = sx_find(s, ']');
        if (end < 0) return sx_fail(SX_E_ADDRESS, "not a host: %.100s", text);
        rest = sx_slice_of(s.p + end + 1, s.n - (size_t)end - 1);
        s.n = (size_t)end + 1;
        if (rest.n && rest.p[0] != ':') return sx_fail(SX_E_ADDRESS, "not a host: %.100s", text);
        rest = rest.n ? sx_slice_of(rest.p + 1, rest.n - 1) : sx_slice_empty();
    } else if (sip_host_kind_of(s) == SIP_HOST_IPV6) {
        rest = sx_slice_empty();
    } else {
        s = sx_split(s, ':', &rest);
    }
    uint64_t n = 0;
    if (rest.p && (!sx_to_u64(rest, 65535, &n) || !n)) return sx_fail(SX_E_ADDRESS, "not a port: %.100s", text);
    if (sip_host_kind_of(s) == SIP_HOST_NONE) return sx_fail(SX_E_ADDRESS, "not a host: %.100s", text);
    sx_buf b;
    sx_buf_init(&b);
    bool bare_v6 = sip_host_kind_of(s) == SIP_HOST_IPV6 && s.p[0] != '[';
    if (bare_v6) sx_buf_char(&b, '[');
    sx_buf_slice(&b, s);
    if (bare_v6) sx_buf_char(&b, ']');
    *host = sx_buf_detach(&b);
    sx_buf_free(&b);
    *port = (uint16_t)n;
    return *host ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for an address");
}

int ua_local_address(ua_agent *a, const net_addr *peer, net_addr *out) {
    if (!net_addr_is_any(&a->bind) && net_addr_is_ours(&a->bind)) {
        *out = a->bind;
        return SX_OK;
    }
    return net_addr_source_for(peer, out);
}

/* ---- what the stack reports ---- */

static void on_connection(ua_agent *a, const stack_event *ev) {
    ua_event out = ua_event_of(ev->type == STACK_EV_CONNECTING  ? UA_EV_TRANSPORT_CONNECTING
                               : ev->type == STACK_EV_CONNECTED ? UA_EV_TRANSPORT_CONNECTED
                                                                : UA_EV_TRANSPORT_DISCONNECTED);
    char host[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init_fixed(&b, host, sizeof host);
    const net_addr *remote = net_addr_is_set(&ev->remote) ? &ev->remote : &ev->flow.remote;
    net_addr_write_host(remote, &b);
    out.host = sx_buf_view(&b);
    out.port = net_addr_port(remote);
    out.transport = sx_slice_str(stack_transport_name(ev->flow.transport ? ev->flow.transport : STACK_TCP));
    out.code = ev->code;
    out.text = sx_slice_str(ev->text);
    if (ev->type == STACK_EV_DISCONNECTED) {
        out.check = sx_slice_str(ev->tls_check);
        out.names = sx_slice_str(ev->tls_names);
    }
    ua_emit(a, &out);
    if (ev->type != STACK_EV_DISCONNECTED) return;
    ua_flow_lost(a, ev);
    ua_calls_flow_lost(a);
    ua_events_look(a);
}

static void on_listening(ua_agent *a, const stack_event *ev) {
    ua_listener *l = ev->user;
    if (!l) return; /* one that the stack opened for itself */
    char host[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init_fixed(&b, host, sizeof host);
    net_addr_write_host(&ev->local, &b);
    ua_event out = ua_event_of(UA_EV_LISTENING);
    out.id = l->id;
    out.host = sx_buf_view(&b);
    out.port = net_addr_port(&ev->local);
    out.transport = sx_slice_str(stack_transport_name(ev->transport));
    ua_emit(a, &out);
}

static void on_options(ua_agent *a, ua_account *acc, const stack_event *ev) {
    sx_buf from_name, to_name;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    ua_event out = ua_event_of(UA_EV_OPTIONS);
    out.account = acc;
    ua_event_message_fields(&out, ev->msg, &from_name, &to_name);
    out.target = out.from_name = out.to_name = out.body = out.content_type = sx_slice_empty();
    ua_emit(a, &out);
    ua_answer_options_of(a, acc, ev);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
}

static void on_request(ua_agent *a, const stack_event *ev) {
    ua_account *acc;
    if (!ev->tx) return; /* an ACK that belongs to no call */
    if (ua_admit(a, ev, &acc) == UA_DROP) {
        ua_suspicious(a, ev);
        tx_drop(ev->tx);
        return;
    }
    if (a->shutting) {
        tx_reply(ev->tx, 503, NULL);
        return;
    }
    switch (ev->msg->method) {
    case SIP_INVITE:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_call_incoming(a, acc, ev);
        break;
    case SIP_MESSAGE:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_message_incoming(a, acc, NULL, ev);
        break;
    case SIP_OPTIONS:
        if (!ua_drain_refuses(a, ev->tx) && !ua_refuse_extension(ev->tx, ev->msg)) on_options(a, acc, ev);
        break;
    case SIP_SUBSCRIBE:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_subscribe_incoming(a, acc, ev);
        break;
    case SIP_NOTIFY:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_notify_incoming(a, acc, ev);
        break;
    case SIP_REFER:
        if (!ua_refuse_extension(ev->tx, ev->msg)) ua_refer_incoming(a, acc, ev);
        break;
    default: ua_refuse_method(a, ev->tx, ev->msg); break;
    }
}

static void on_trace(ua_agent *a, const stack_event *ev) {
    sx_buf text;
    char host[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init(&text);
    sx_buf_init_fixed(&b, host, sizeof host);
    sip_redact(&text, ev->bytes);
    net_addr_write_host(&ev->remote, &b);
    ua_event out = ua_event_of(UA_EV_TRACE);
    out.originator = ev->outgoing ? UA_LOCAL : UA_REMOTE;
    out.transport = sx_slice_str(stack_transport_name(ev->transport));
    out.host = sx_buf_view(&b);
    out.port = net_addr_port(&ev->remote);
    out.body = sx_buf_view(&text);
    if (!text.failed) ua_emit(a, &out);
    sx_buf_free(&text);
}

static void listener_task(sx_task *t);

static void on_stack(void *ctx, const stack_event *ev) {
    ua_agent *a = ctx;
    switch (ev->type) {
    case STACK_EV_LISTENING: on_listening(a, ev); break;
    case STACK_EV_LISTENER_FAILED: {
        ua_listener *l = ev->user;
        if (!l) break;
        l->code = ev->code ? ev->code : SX_E_IO;
        ua_listener_close(l);
        break;
    }
    case STACK_EV_CONNECTING:
    case STACK_EV_CONNECTED:
    case STACK_EV_DISCONNECTED: on_connection(a, ev); break;
    case STACK_EV_FLOW_LOST:
        ua_flow_lost(a, ev);
        if (stack_is_stream(ev->flow.transport)) ua_calls_flow_lost(a);
        ua_events_look(a);
        break;
    case STACK_EV_FLOW_MOVED: ua_flow_moved(a, ev); break;
    case STACK_EV_REQUEST: on_request(a, ev); break;
    case STACK_EV_TRACE: on_trace(a, ev); break;
    default: break;
    }
}

/* ---- life ---- */

static int init_config(ua_agent *a, const ua_agent_config *c) {
    const char *bind = c->bind && *c->bind ? c->bind : "0.0.0.0";
    if (!net_addr_parse_host(&a->bind, sx_slice_str(bind), 0)) {
        return sx_fail(SX_E_ADDRESS, "bind is not a numeric address: %.80s", bind);
    }
    if (c->advertise && *c->advertise) {
        int rc = ua_host_port(c->advertise, &a->advertise_host, &a->advertise_port);
        if (rc != SX_OK) return rc;
    }
    a->media_bind = a->bind;
    if (c->media_bind && *c->media_bind && !net_addr_parse_host(&a->media_bind, sx_slice_str(c->media_bind), 0))
        return sx_fail(SX_E_ADDRESS, "media_bind is not a numeric address: %.80s", c->media_bind);
    if (c->media_advertise && *c->media_advertise) {
        if (!net_addr_is_numeric(sx_slice_str(c->media_advertise)))
            return sx_fail(SX_E_ADDRESS, "media_advertise is not a numeric address: %.80s", c->media_advertise);
        a->media_advertise = sx_strdup(sx_slice_str(c->media_advertise));
        if (!a->media_advertise) return sx_fail(SX_E_NOMEM, "no memory for the agent");
    }
    int rc = c->stun_server && *c->stun_server ? ua_stun_init(a, c->stun_server) : SX_OK;
    if (rc != SX_OK) return rc;
    return ua_codecs_create(c->codecs, c->codec_count, &a->codecs);
}

static void take_limits(const ua_agent *a, stack_config *sc) {
    sc->max_connections = (uint32_t)a->opt.max_connections;
    sc->max_connections_per_source = (uint32_t)a->opt.max_connections_per_source;
    sc->handshake_ms = (uint32_t)a->opt.handshake_ms;
    sc->conn_queue_bytes = (uint32_t)a->opt.connection_queue_bytes;
    sc->slow_ms = (uint32_t)a->opt.slow_message_ms;
    sc->penalty_ms =
        a->opt.target_penalty_ms ? (uint32_t)a->opt.target_penalty_ms : 1; /* 0: over before the next request */
    sc->dns_timeout_ms = (uint32_t)a->opt.dns_timeout_ms;
}

static int init_stack(ua_agent *a, const ua_agent_config *c) {
    stack_config sc = {
        .t1_ms = (uint32_t)a->opt.t1_ms,
        .t2_ms = (uint32_t)a->opt.t2_ms,
        .t4_ms = (uint32_t)a->opt.t4_ms,
        .user_agent = c->user_agent,
        .log = c->log,
        .dns_servers = c->dns_servers,
        .trace = c->trace,
        .tls = c->tls,
    };
    take_limits(a, &sc);
    a->stack = stack_create(a->loop, &sc, (stack_sink){on_stack, a});
    return a->stack ? SX_OK : sx_last_error();
}

static void free_agent(sx_grave *g) {
    ua_agent *a = SX_CONTAINER(g, ua_agent, grave);
    ua_codecs_unref(a->codecs);
    sx_htab_free(&a->by_contact);
    sx_htab_free(&a->by_user);
    sx_htab_free(&a->flows);
    sx_htab_free(&a->places);
    stack_auth_pool_unref(a->auth_pool);
    free(a->advertise_host);
    free(a->media_advertise);
    free(a->stun.uri);
    free(a->strangers);
    free(a);
}

int ua_agent_create(net_loop *loop, media_engine *media, const ua_agent_config *config, ua_sink sink, void *ctx,
                    ua_agent **out) {
    ua_agent *a = calloc(1, sizeof *a);
    if (!a) return sx_fail(SX_E_NOMEM, "no memory for the agent");
    a->loop = loop;
    a->wheel = net_loop_wheel(loop);
    a->runq = net_loop_runq(loop);
    a->media = media;
    a->log = config->log;
    a->sink = sink;
    a->ctx = ctx;
    a->open = config->open;
    a->max_calls = config->max_calls;
    sx_list_init(&a->accounts);
    sx_list_init(&a->calls);
    sx_list_init(&a->conferences);
    sx_list_init(&a->bridges);
    sx_list_init(&a->messages);
    sx_list_init(&a->composing);
    sx_list_init(&a->transfers);
    sx_list_init(&a->listeners);
    sx_htab_init(&a->by_contact);
    sx_htab_init(&a->by_user);
    sx_htab_init(&a->places);
    ua_queue_init(a);
    ua_drain_init(a);
    ua_flows_init(a);
    ua_events_init(a);
    ua_shutdown_init(a);
    sx_rand_token(a->contact_user, UA_TOKEN);
    ua_settings_default(&a->opt);
    a->auth_pool = stack_auth_pool_create();
    int rc = a->auth_pool ? init_config(a, config) : sx_fail(SX_E_NOMEM, "no memory for the agent");
    if (rc == SX_OK) rc = init_stack(a, config);
    if (rc == SX_OK) ua_network_init(a, config->watch_network);
    if (rc != SX_OK) {
        free_agent(&a->grave);
        return rc;
    }
    *out = a;
    return SX_OK;
}

static void free_listener(sx_grave *g) { free(SX_CONTAINER(g, ua_listener, grave)); }

void ua_agent_destroy(ua_agent *a) {
    if (!a) return;
    stack_destroy(a->stack);
    a->stack = NULL;
    sx_timer_stop(a->wheel, &a->deadline);
    ua_queue_stop(a);
    ua_flows_stop(a);
    sx_runq_cancel(&a->task);
    sx_runq_cancel(&a->drain_task);
    ua_network_stop(a);
    ua_transfer_destroy_all(a);
    ua_bridge_destroy_all(a);
    ua_conference_destroy_all(a);
    ua_call_destroy_all(a);
    ua_message_destroy_all(a);
    ua_events_destroy_all(a);
    ua_account_destroy_all(a);
    for (sx_list *n; (n = sx_list_pop(&a->listeners)) != NULL;) {
        ua_listener *l = SX_CONTAINER(n, ua_listener, node);
        sx_runq_cancel(&l->task);
        sx_runq_bury(a->runq, &l->grave, free_listener);
    }
    sx_runq_bury(a->runq, &a->grave, free_agent);
}

stack *ua_agent_stack(ua_agent *a) { return a->stack; }

void ua_agent_ask(ua_agent *a, unsigned kinds) { a->asks = kinds; }

void ua_agent_admit(ua_agent *a, bool room) {
    if (a->no_room == !room || a->shutting) return;
    a->no_room = !room;
    if (room) {
        stack_refuse(a->stack, 0, 0, 0);
    } else {
        stack_refuse(a->stack, 480, 500, UA_RETRY_AFTER_S);
    }
}

void ua_agent_trace(ua_agent *a, bool on) { stack_set_trace(a->stack, on); }

void ua_agent_get_counters(ua_agent *a, ua_counters *out) {
    out->calls_now = a->ncalls;
    out->calls_total = a->calls_total;
    out->accounts_now = a->naccounts;
    out->refused = a->refused;
}

void ua_agent_take_settings(ua_agent *a) {
    stack_config limits;
    memset(&limits, 0, sizeof limits);
    take_limits(a, &limits);
    stack_set_limits(a->stack, &limits);
    stack_set_timing(a->stack, (uint32_t)a->opt.t1_ms, (uint32_t)a->opt.t2_ms, (uint32_t)a->opt.t4_ms,
                     a->opt.udp_max_request >= 65535 ? UINT32_MAX : (uint32_t)a->opt.udp_max_request);
}

/* ---- listeners ---- */

static void listener_task(sx_task *t) {
    ua_listener *l = SX_CONTAINER(t, ua_listener, task);
    ua_event ev = ua_event_of(UA_EV_LISTENER_CLOSED);
    ev.id = l->id;
    ev.code = l->code;
    ev.text = l->code ? sx_slice_str(sx_error_text(l->code)) : sx_slice_empty();
    sx_list_remove(&l->node);
    ua_emit(l->agent, &ev);
    sx_runq_bury(l->agent->runq, &l->grave, free_listener);
}

static int read_listen_address(const char *text, stack_listen_params *p) {
    sx_slice rest, name = sx_split(sx_trim(sx_slice_str(text)), ':', &rest);
    p->transport = stack_transport_parse(name);
    if (p->transport == STACK_ANY) return sx_fail(SX_E_FORMAT, "not a transport of ours: %.80s", text ? text : "");
    if (!net_addr_parse(&p->addr, rest, 0)) return sx_fail(SX_E_ADDRESS, "not transport:host:port: %.80s", text);
    return SX_OK;
}

int ua_listener_create(ua_agent *a, const char *address, const char *advertise, bool open, uint64_t id,
                       ua_listener **out) {
    return ua_listener_open(a, address, advertise, open, NULL, id, out);
}

int ua_listener_open(ua_agent *a, const char *address, const char *advertise, bool open,
                     const stack_listen_params *more, uint64_t id, ua_listener **out) {
    stack_listen_params p;
    memset(&p, 0, sizeof p);
    if (more) p = *more;
    p.role = STACK_ROLE_UA;
    p.sink = (stack_sink){on_stack, a};
    char *host = NULL;
    int rc = read_listen_address(address, &p);
    if (rc != SX_OK) return rc;
    p.advertise_host = a->advertise_host;
    p.advertise_port = a->advertise_port;
    if (advertise && *advertise) {
        if ((rc = ua_host_port(advertise, &host, &p.advertise_port)) != SX_OK) return rc;
        p.advertise_host = host;
    }
    ua_listener *l = calloc(1, sizeof *l);
    if (!l) {
        free(host);
        return sx_fail(SX_E_NOMEM, "no memory for the listener");
    }
    l->agent = a;
    l->id = id;
    l->open = open;
    sx_task_init(&l->task, listener_task);
    p.user = l;
    rc = stack_listen(a->stack, &p, &l->stack);
    free(host);
    if (rc != SX_OK) {
        free(l);
        return rc;
    }
    sx_list_append(&a->listeners, &l->node);
    *out = l;
    return SX_OK;
}

int ua_listener_port(const ua_listener *l) {
    net_addr addr = l->stack ? stack_listener_address(l->stack) : net_addr_none();
    return net_addr_port(&addr);
}

void ua_listener_close(ua_listener *l) {
    if (!l->stack) return;
    stack_listener_destroy(l->stack);
    l->stack = NULL;
    sx_runq_post(l->agent->runq, &l->task);
}
