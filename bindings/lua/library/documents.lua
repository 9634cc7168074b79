---@meta
-- Written by abi/gen/generate from the library's table of documents. Do not edit.
-- The bodies of event packages and messages as tables: event.document, and what sipua.documents.NAME {...} makes.

---Part of a body of type application/pidf+xml.
---@class sipua.PresenceTuple
---@field id? string
---@field status? "open"|"closed" whether messages or calls reach it
---@field priority? string of the contact: 0 to 1
---@field contact? string URI
---@field note? string
---@field timestamp? string when it became so

---Part of a body of type application/pidf+xml.
---@class sipua.PresencePerson
---@field id? string
---@field activity_note? string the activity in words for people
---@field activity? string away, busy, on-the-phone, ...; several with a space between
---@field mood? string happy, angry, ...; several with a space between
---@field last_input? string when the person last used the device
---@field user_input? "active"|"idle" whether the person uses the device
---@field note? string
---@field timestamp? string

---A body of type application/pidf+xml.
---@class sipua.Presence
---@field entity? string whose presence it is
---@field tuples? sipua.PresenceTuple[]
---@field notes? string[] words for people
---@field person? sipua.PresencePerson

---Part of a body of type application/simple-message-summary.
---@class sipua.MessageSummaryVoice
---@field new? integer
---@field old? integer
---@field urgent_new? integer

---Part of a body of type application/simple-message-summary.
---@class sipua.MessageSummaryFax
---@field new? integer
---@field old? integer
---@field urgent_new? integer

---Part of a body of type application/simple-message-summary.
---@class sipua.MessageSummaryPager
---@field new? integer
---@field old? integer
---@field urgent_new? integer

---Part of a body of type application/simple-message-summary.
---@class sipua.MessageSummaryMultimedia
---@field new? integer
---@field old? integer
---@field urgent_new? integer

---Part of a body of type application/simple-message-summary.
---@class sipua.MessageSummaryText
---@field new? integer
---@field old? integer
---@field urgent_new? integer

---A body of type application/simple-message-summary.
---@class sipua.MessageSummary
---@field waiting? boolean whether messages wait
---@field account? string URI of the mailbox
---@field voice? sipua.MessageSummaryVoice
---@field fax? sipua.MessageSummaryFax
---@field pager? sipua.MessageSummaryPager
---@field multimedia? sipua.MessageSummaryMultimedia
---@field text? sipua.MessageSummaryText

---Part of a body of type application/dialog-info+xml.
---@class sipua.DialogInfoDialogReplaces
---@field call_id? string the call that it replaced
---@field local_tag? string
---@field remote_tag? string

---Part of a body of type application/dialog-info+xml.
---@class sipua.DialogInfoDialogLocal
---@field name? string
---@field identity? string URI
---@field target? string URI

---Part of a body of type application/dialog-info+xml.
---@class sipua.DialogInfoDialogRemote
---@field name? string
---@field identity? string URI
---@field target? string URI

---Part of a body of type application/dialog-info+xml.
---@class sipua.DialogInfoDialog
---@field id? string
---@field call_id? string
---@field local_tag? string
---@field remote_tag? string
---@field direction? "initiator"|"recipient" initiator: the watched one calls
---@field event? "cancelled"|"rejected"|"replaced"|"local-bye"|"remote-bye"|"error"|"timeout" why the state is this
---@field code? integer SIP status that brought it about
---@field state? "trying"|"proceeding"|"early"|"confirmed"|"terminated"
---@field duration? integer seconds
---@field replaces? sipua.DialogInfoDialogReplaces
---@field referred_by? string URI
---@field ["local"] sipua.DialogInfoDialogLocal|nil
---@field remote? sipua.DialogInfoDialogRemote

---A body of type application/dialog-info+xml.
---@class sipua.DialogInfo
---@field version? integer one more each time
---@field state? "full"|"partial" partial: only what changed
---@field entity? string whose calls these are
---@field dialogs? sipua.DialogInfoDialog[]

---Part of a body of type application/reginfo+xml.
---@class sipua.RegistrationInfoRegistrationContact
---@field id? string
---@field state? "active"|"terminated"
---@field event? "registered"|"created"|"refreshed"|"shortened"|"expired"|"deactivated"|"probation"|"unregistered"|"rejected" what happened to it
---@field duration? integer seconds that it has been registered
---@field expires? integer seconds left
---@field retry_after? integer seconds
---@field q? string 0 to 1
---@field callid? string of its last REGISTER
---@field cseq? integer
---@field uri? string
---@field name? string

---Part of a body of type application/reginfo+xml.
---@class sipua.RegistrationInfoRegistration
---@field aor? string URI
---@field id? string
---@field state? "init"|"active"|"terminated"
---@field contacts? sipua.RegistrationInfoRegistrationContact[]

---A body of type application/reginfo+xml.
---@class sipua.RegistrationInfo
---@field version? integer one more each time
---@field state? "full"|"partial" partial: only what changed
---@field registrations? sipua.RegistrationInfoRegistration[]

---Part of a body of type application/conference-info+xml.
---@class sipua.ConferenceInfoUserEndpointMedia
---@field id? string
---@field type? string audio, video, ...
---@field status? "sendrecv"|"sendonly"|"recvonly"|"inactive"

---Part of a body of type application/conference-info+xml.
---@class sipua.ConferenceInfoUserEndpoint
---@field entity? string URI of a device
---@field state? "full"|"partial"|"deleted"
---@field name? string
---@field status? "connected"|"disconnected"|"on-hold"|"muted-via-focus"|"pending"|"alerting"|"dialing-in"|"dialing-out"|"disconnecting"
---@field joining? "dialed-in"|"dialed-out"|"focus-owner" how it came in
---@field leaving? "departed"|"booted"|"failed"|"busy" how it went
---@field media? sipua.ConferenceInfoUserEndpointMedia[]

---Part of a body of type application/conference-info+xml.
---@class sipua.ConferenceInfoUser
---@field entity? string URI
---@field state? "full"|"partial"|"deleted"
---@field name? string
---@field role? string the first of them
---@field endpoints? sipua.ConferenceInfoUserEndpoint[]

---A body of type application/conference-info+xml.
---@class sipua.ConferenceInfo
---@field entity? string URI of the conference
---@field version? integer one more each time
---@field state? "full"|"partial"|"deleted" partial: only what changed
---@field title? string
---@field subject? string
---@field max_users? integer
---@field count? integer users in it
---@field active? boolean
---@field locked? boolean nobody may join
---@field users? sipua.ConferenceInfoUser[]

---A body of type application/im-iscomposing+xml.
---@class sipua.ComposingState
---@field state? "active"|"idle"
---@field last_active? string
---@field content_type? string of what is being written
---@field refresh? integer seconds after which an active one that is not repeated has become idle

---A body of type message/imdn+xml.
---@class sipua.DeliveryNotification
---@field message_id? string the message that it is about
---@field datetime? string of that message
---@field recipient? string URI
---@field original? string URI of the first recipient
---@field subject? string
---@field kind? "delivery"|"display"|"processing"
---@field status? "delivered"|"failed"|"displayed"|"processed"|"stored"|"forbidden"|"error"

---A body of type message/cpim.
---@class sipua.CpimMessage
---@field from? string URI
---@field from_name? string
---@field to? string URI
---@field to_name? string
---@field datetime? string when it was sent
---@field subject? string
---@field message_id? string RFC 5438's
---@field disposition? string what the sender wants to be told: positive-delivery, negative-delivery, processing, display
---@field content_type? string of the content
---@field content? string

---A body of type message/sipfrag.
---@class sipua.SipFragment
---@field status? integer 100 to 699
---@field reason? string

---@class sipua.documents
local documents = {}

---@param fields? sipua.Presence
---@return sipua.Presence
function documents.presence(fields) end

---@param fields? sipua.MessageSummary
---@return sipua.MessageSummary
function documents.message_summary(fields) end

---@param fields? sipua.DialogInfo
---@return sipua.DialogInfo
function documents.dialog_info(fields) end

---@param fields? sipua.RegistrationInfo
---@return sipua.RegistrationInfo
function documents.registration_info(fields) end

---@param fields? sipua.ConferenceInfo
---@return sipua.ConferenceInfo
function documents.conference_info(fields) end

---@param fields? sipua.ComposingState
---@return sipua.ComposingState
function documents.composing_state(fields) end

---@param fields? sipua.DeliveryNotification
---@return sipua.DeliveryNotification
function documents.delivery_notification(fields) end

---@param fields? sipua.CpimMessage
---@return sipua.CpimMessage
function documents.cpim_message(fields) end

---@param fields? sipua.SipFragment
---@return sipua.SipFragment
function documents.sip_fragment(fields) end

return documents
