/* A user agent that does what the target of a call says, linked in place of ua/, server/ and media/ to test core/ alone.
 *
 *   sip:echo@x        SENDING, PROGRESS 180, ACCEPTED, CONFIRMED; lives until it is hung up; has audio
 *   sip:refuse@x      ua_call_create fails with SX_E_URI
 *   sip:dtmf.N@x      N digits after CONFIRMED          sip:hold.N@x      N CALL_HELD after CONFIRMED
 *   sip:ring.N@x      N PROGRESS of one dialog          sip:forks.N@x     N PROGRESS of N dialogs
 *   sip:incoming.N@x  N calls come in                   sip:trace.N@x     N TRACE
 *   sip:log.N@x       N log lines of the stack thread   sip:play@x        as echo, PLAY_DONE only at the end
 */
#ifndef FAKE_UA_H
#define FAKE_UA_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fake_state {
    int agents;     /* made and not destroyed, in this process */
    int calls;      /* the same of calls */
    int overloads;  /* ua_call_overload */
    int admit;      /* the last word of ua_agent_admit; -1: none yet */
    int refusals;   /* admit(false) so often */
    int servers;    /* made and not destroyed */
    int log_level;
    int handles;    /* audio handles that live */
    int progress;   /* PROGRESS events told since fake_reset */
} fake_state;

fake_state fake_get(void);
void fake_reset(void);
/* Lets a call's audio end, and gives samples to be read. From any thread. */
void fake_audio_feed(unsigned long long call, int samples);

#ifdef __cplusplus
}
#endif

#endif
