/* 64-bit values at their largest, 2^53 - 1, go in and come out as they were; one more is refused with words. */
#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "need.h"

#define LARGEST ((UINT64_C(1) << 53) - 1)

static sipua_agent *agent;

static void until(sipua_event_type type, sipua_event_view *v, const char *json) {
    sipua_event *e;
    do {
        NEED(sipua_poll(agent, 20000, &e) == 1 && sipua_event_get(e, v) > 0);
        if (v->type == type && json) NEED(strstr(sipua_event_json(e), json));
        sipua_event_destroy(e);
    } while (v->type != type);
}

int main(void) {
    sipua_agent_config a = SIPUA_AGENT_CONFIG_INIT;
    sipua_account_config b = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
    sipua_listener_config l = SIPUA_LISTENER_CONFIG_INIT;
    sipua_server_config s = SIPUA_SERVER_CONFIG_INIT;
    sipua_reply r = SIPUA_REPLY_INIT;
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_id id, call, player;
    int16_t pcm[160] = {0};
    char target[64];
    a.bind = "127.0.0.1";
    a.open = SIPUA_ON;
    NEED(sipua_agent_create(&a, &agent) == SIPUA_OK);
    until(SIPUA_EVENT_LISTENING, &v, NULL);
    snprintf(target, sizeof target, "sip:me@127.0.0.1:%d", (int)v.port);
    NEED(sipua_agent_ask(agent, SIPUA_ASK_CALL, SIPUA_ON, LARGEST) == SIPUA_OK);
    until(SIPUA_EVENT_REPLY, &v, "\"tag\":9007199254740991");
    NEED(v.tag == LARGEST);
    c.target = target;
    c.user = LARGEST;
    NEED(sipua_call_create(agent, 0, &c, LARGEST - 1, &call) == SIPUA_OK && call < LARGEST);
    until(SIPUA_EVENT_REPLY, &v, "\"user\":9007199254740991");
    NEED(v.tag == LARGEST - 1 && v.user == LARGEST);
    until(SIPUA_EVENT_INCOMING_CALL, &v, NULL);
    r.user = LARGEST - 2;
    NEED(sipua_call_answer(agent, v.id, &r, 0) == SIPUA_OK);
    do until(SIPUA_EVENT_MEDIA_READY, &v, NULL);
    while (v.id == call);
    NEED(v.user == LARGEST - 2);
    NEED(sipua_audio_write(agent, call, pcm, 160, 8000, LARGEST, 0) == 160);
    NEED(sipua_audio_mark(agent, call, LARGEST) == SIPUA_OK);
    until(SIPUA_EVENT_MARK, &v, "\"mark\":9007199254740991");
    NEED(v.mark == LARGEST && v.user == LARGEST);
    /* one too large: by every way in */
    c.user = b.user = m.user = l.user = s.user = r.user = LARGEST + 1;
    b.aor = m.target = target;
    l.address = "udp:127.0.0.1:0";
    NEED(sipua_call_create(agent, 0, &c, 0, &id) == SIPUA_E_INVALID && strstr(sipua_last_error_text(), "user"));
    NEED(sipua_account_create(agent, &b, 0, &id) == SIPUA_E_INVALID);
    NEED(sipua_message_send(agent, 0, &m, 0, &id) == SIPUA_E_INVALID);
    NEED(sipua_listener_create(agent, &l, 0, &id) == SIPUA_E_INVALID);
    NEED(sipua_server_create(agent, &s, 0, &id) == SIPUA_E_INVALID);
    NEED(sipua_call_answer(agent, call, &r, 0) == SIPUA_E_INVALID);
    NEED(sipua_call_set_user(agent, call, LARGEST + 1, 0) == SIPUA_E_INVALID);
    NEED(sipua_call_set_user(agent, call, 0, LARGEST + 1) == SIPUA_E_INVALID && strstr(sipua_last_error_text(), "tag"));
    NEED(sipua_audio_write(agent, call, pcm, 160, 8000, LARGEST + 1, 0) == SIPUA_E_INVALID);
    NEED(sipua_audio_mark(agent, call, UINT64_MAX) == SIPUA_E_INVALID);
    NEED(sipua_call_play(agent, call, "/dev/null", SIPUA_OFF, LARGEST + 1, 0, &player) < 0 && !player);
    sipua_agent_free(agent);
    puts("all 53 bits arrive");
    return 0;
}
