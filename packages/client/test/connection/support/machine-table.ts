/**
 * What the machine does, event by event: a row for each state, event and guard. A heading names the
 * place, as `support/connection-places.ts` reaches it; below it, for each event: the state it leads
 * to, the reason shown, the effects, and whatever else is different afterwards (instants as
 * distances from now, in milliseconds).
 *
 * `stay`: heard, and nothing is different. `stale`: dropped. `any fact`: each fact of a session,
 * one test each; `any old fact`: the same of the session before. `any other alarm`: each that has
 * no row of its own at this place. An alarm may come `early` or `late`; after a frame was `heard`
 * that nobody reported, while reading is `paused`, after bytes were `taken`.
 */
export const MACHINE_TABLE = String.raw`
  event                        | to                    | reason             | effects                                | notes

stopped
  start                        | connectingTransport   | started            | openTransport(0)                       | connect +10000
  stop                         | stay                  | -                  | -                                      | -
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | stopped               | userStop           | -                                      | auth off
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | stopped               | userStop           | -                                      | account 2
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | stopped               | userStop           | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | stopped               | userStop           | -                                      | quality constrained
  appForegrounded              | stay                  | -                  | -                                      | -
  appBackgrounded              | stopped               | userStop           | -                                      | appActive off
  appFrozen                    | stopped               | userStop           | -                                      | notFrozen off
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | stay                  | -                  | -                                      | -
  any fact                     | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

stopped: signed out
  start                        | waitingForConstraints | started            | -                                      | -
  credentialsChanged same      | stopped               | userStop           | -                                      | auth on, account 1
  credentialsChanged other     | stopped               | userStop           | -                                      | auth on, account 2

stopped: offline
  start                        | waitingForConstraints | started            | -                                      | offlineRetry +30000
  connectNow                   | stay                  | -                  | -                                      | -
  networkChanged good          | stopped               | userStop           | -                                      | network on

stopped: frozen
  start                        | backgroundSuspended   | started            | -                                      | -
  appForegrounded              | stopped               | userStop           | -                                      | notFrozen on
  appThawed                    | stopped               | userStop           | -                                      | notFrozen on

stopped: phone in background
  start                        | backgroundSuspended   | started            | -                                      | -
  appForegrounded              | stopped               | userStop           | -                                      | appActive on

stopped: just dialled
  start                        | backoff               | dialFloor          | -                                      | backoff +150

stopped: renewal owed
  start                        | backoff               | dialFloor          | -                                      | backoff +250
  credentialsChanged lost      | stopped               | userStop           | -                                      | auth off, authRejections 0, renewal none
  credentialsChanged same      | stopped               | userStop           | -                                      | authRejections 0, renewal none

waitingForConstraints: signed out
  credentialsChanged same      | connectingTransport   | credentialsGained  | openTransport(0)                       | auth on, account 1, connect +10000
  networkChanged lost          | waitingForConstraints | started            | -                                      | network off
  appBackgrounded              | waitingForConstraints | started            | -                                      | appActive off
  faulted                      | waitingForConstraints | started            | -                                      | attempt 1, outage, failure internal "TypeError"

waitingForConstraints: logged out
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | -                                      | -
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | stay                  | -                  | -                                      | -
  credentialsChanged same      | connectingTransport   | credentialsGained  | openTransport(0)                       | auth on, connect +10000
  credentialsChanged other     | connectingTransport   | accountChanged     | openTransport(0)                       | auth on, account 2, connect +10000
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | waitingForConstraints | authLost           | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | waitingForConstraints | authLost           | -                                      | quality constrained
  appForegrounded              | stay                  | -                  | -                                      | -
  appBackgrounded              | waitingForConstraints | authLost           | -                                      | appActive off
  appFrozen                    | waitingForConstraints | authLost           | -                                      | notFrozen off
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | waitingForConstraints | authLost           | -                                      | attempt 1, outage, failure internal "TypeError"
  any fact                     | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

waitingForConstraints: offline
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | -                                      | -
  connectNow                   | connectingTransport   | connectNow         | openTransport(0)                       | network on, connect +10000
  credentialsChanged lost      | waitingForConstraints | started            | -                                      | auth off, offlineRetry none
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | waitingForConstraints | started            | -                                      | account 2
  networkChanged lost          | stay                  | -                  | -                                      | -
  networkChanged good          | connectingTransport   | networkChanged     | openTransport(0)                       | network on, connect +10000
  networkChanged slow          | connectingTransport   | networkChanged     | openTransport(0)                       | network on, quality constrained, connect +10000
  appForegrounded              | stay                  | -                  | -                                      | -
  appFrozen                    | waitingForConstraints | started            | -                                      | notFrozen off, offlineRetry none
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | waitingForConstraints | started            | -                                      | attempt 1, outage, failure internal "TypeError"
  alarm offlineRetry           | connectingTransport   | retry              | openTransport(0)                       | connect +10000

waitingForConstraints: offline, signed out
  connectNow                   | waitingForConstraints | started            | -                                      | network on
  credentialsChanged same      | waitingForConstraints | started            | -                                      | auth on, account 1, offlineRetry +30000
  networkChanged good          | waitingForConstraints | started            | -                                      | network on

waitingForConstraints: offline, renewing
  connectNow                   | waitingForConstraints | authRejected       | -                                      | network on
  credentialsChanged same      | waitingForConstraints | authRejected       | -                                      | auth on, authRejections 0, renewal none, offlineRetry +30000, renewal none
  tokenRenewed                 | waitingForConstraints | authRejected       | -                                      | auth on, renewal none, offlineRetry +30000, renewal none
  renewalFailed                | waitingForConstraints | authRejected       | -                                      | auth on, attempt 1, renewal owed, failure tokenUnavailable "provider", offlineRetry +30000, renewal none
  networkChanged good          | waitingForConstraints | authRejected       | -                                      | network on
  alarm renewal                | waitingForConstraints | authRejected       | -                                      | auth on, attempt 1, renewal owed, failure tokenUnavailable "", offlineRetry +30000, renewal none

waitingForConstraints: renewing
  stop                         | stopped               | userStop           | -                                      | auth on, renewal owed, outage over
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authRejected       | -                                      | authRejections 0, renewal none, renewal none
  credentialsChanged same      | connectingTransport   | credentialsGained  | openTransport(0)                       | auth on, authRejections 0, renewal none, connect +10000
  credentialsChanged other     | connectingTransport   | accountChanged     | openTransport(0)                       | auth on, account 2, authRejections 0, renewal none, connect +10000
  tokenRenewed                 | connectingTransport   | credentialsGained  | openTransport(0)                       | auth on, renewal none, connect +10000
  renewalFailed                | backoff               | tokenUnavailable   | -                                      | auth on, attempt 1, renewal owed, failure "provider", backoff +775
  networkChanged lost          | waitingForConstraints | authRejected       | -                                      | network off
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | waitingForConstraints | authRejected       | -                                      | attempt 1, failure internal "TypeError"
  alarm renewal                | backoff               | tokenUnavailable   | -                                      | auth on, attempt 1, renewal owed, failure "", backoff +775

waitingForConstraints: rejected twice
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authRejected       | -                                      | authRejections 0
  credentialsChanged same      | backoff               | dialFloor          | -                                      | auth on, authRejections 0, backoff +250
  credentialsChanged other     | backoff               | dialFloor          | -                                      | auth on, account 2, authRejections 0, backoff +250
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -

waitingForConstraints: server's delay
  connectNow                   | backoff               | dialFloor          | -                                      | network on, serverUntil none, backoff +250
  credentialsChanged other     | waitingForConstraints | networkLost        | -                                      | account 2, serverUntil none
  networkChanged good          | backoff               | dialFloor          | -                                      | network on, backoff +60500
  alarm offlineRetry           | connectingTransport   | retry              | openTransport(1)                       | connect +10000

waitingForConstraints: phone, signed out
  credentialsChanged same      | backoff               | dialFloor          | -                                      | auth on, backoff +250
  appBackgrounded              | waitingForConstraints | authLost           | -                                      | appActive off

waitingForConstraints: phone in background, logged out
  credentialsChanged same      | backgroundSuspended   | credentialsGained  | -                                      | auth on

waitingForConstraints: phone in background, offline
  connectNow                   | backgroundSuspended   | connectNow         | -                                      | network on
  networkChanged good          | backgroundSuspended   | networkChanged     | -                                      | network on

waitingForConstraints: phone in background, renewing
  tokenRenewed                 | backgroundSuspended   | credentialsGained  | -                                      | auth on, renewal none
  renewalFailed                | backgroundSuspended   | tokenUnavailable   | -                                      | auth on, attempt 1, renewal owed, failure "provider"
  alarm renewal                | backgroundSuspended   | tokenUnavailable   | -                                      | auth on, attempt 1, renewal owed, failure ""

waitingForConstraints: renewing, just dialled
  tokenRenewed                 | backoff               | dialFloor          | -                                      | auth on, renewal none, backoff +250

connectingTransport
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | closeTransport(userStop)               | -
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged same      | connectingTransport   | started            | -                                      | token owed
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, connect +10000
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | connectingTransport   | started            | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | connectingTransport   | started            | -                                      | quality constrained
  appForegrounded              | stay                  | -                  | -                                      | -
  appBackgrounded              | connectingTransport   | started            | -                                      | appActive off
  appFrozen                    | backgroundSuspended   | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backoff               | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", backoff +775
  transportOpened              | authenticating        | started            | startHandshake                         | handshake +10000
  openFailed retry             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", backoff +500
  openFailed later             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "503", serverUntil +5500, backoff +5500
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "401", renewal +10000
  openFailed stop              | stopped               | serverStop         | closeTransport(serverStop)             | failure "426"
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", backoff +500
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "4100", renewal +10000
  transportClosed stop         | stopped               | serverStop         | closeTransport(serverStop)             | failure "4000"
  refused retry                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", backoff +500
  refused later                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "busy", serverUntil +2000, backoff +2000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  refused stop                 | stopped               | serverStop         | closeTransport(serverStop)             | failure "unsupportedVersion"
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", backoff +175
  sendStalled                  | stay                  | -                  | -                                      | -
  protocolViolated             | backoff               | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", backoff +775
  welcomed                     | stay                  | -                  | -                                      | -
  welcomed expiring            | stay                  | -                  | -                                      | -
  accountMismatched            | waitingForConstraints | accountMismatch    | closeTransport(accountMismatch)        | auth off, outage, failure ""
  goingAway                    | backoff               | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure "", backoff +1500
  drained                      | stay                  | -                  | -                                      | -
  useful                       | stay                  | -                  | -                                      | -
  frameReceived                | stay                  | -                  | -                                      | -
  pongReceived last            | connectingTransport   | started            | -                                      | window 800
  tokenAccepted for ever       | stay                  | -                  | -                                      | -
  tokenAccepted expiring       | stay                  | -                  | -                                      | -
  tokenMissing                 | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  tokenFailed                  | backoff               | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", backoff +775
  alarm connect                | backoff               | connectTimeout     | closeTransport(connectTimeout)         | attempt 1, outage, failure "", backoff +500
  any old fact                 | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

connectingTransport: against the hint
  connectNow                   | connectingTransport   | retry              | -                                      | network on
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged other     | waitingForConstraints | accountChanged     | closeTransport(accountChanged)         | account 2, offlineRetry +30000
  networkChanged lost          | stay                  | -                  | -                                      | -
  networkChanged good          | connectingTransport   | retry              | -                                      | network on
  appFrozen                    | waitingForConstraints | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  faulted                      | waitingForConstraints | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", offlineRetry +30000
  transportOpened              | authenticating        | retry              | startHandshake                         | network on, handshake +10000
  openFailed retry             | waitingForConstraints | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", offlineRetry +30000
  transportClosed retry        | waitingForConstraints | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", offlineRetry +30000
  refused retry                | waitingForConstraints | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", offlineRetry +30000
  sendFailed                   | waitingForConstraints | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", offlineRetry +30000
  protocolViolated             | waitingForConstraints | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", offlineRetry +30000
  goingAway                    | waitingForConstraints | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure "", offlineRetry +30000
  frameReceived                | stay                  | -                  | -                                      | -
  tokenFailed                  | waitingForConstraints | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", offlineRetry +30000
  alarm connect                | waitingForConstraints | connectTimeout     | closeTransport(connectTimeout)         | attempt 1, outage, failure "", offlineRetry +30000

connectingTransport: rejected once
  credentialsChanged same      | connectingTransport   | retry              | -                                      | authRejections 0, token owed
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "401"
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "4100"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "unauthorized"
  tokenFailed                  | backoff               | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, failure "provider", backoff +775

connectingTransport: phone
  appBackgrounded              | connectingTransport   | started            | -                                      | appActive off, grace +30000
  appFrozen                    | backgroundSuspended   | appFrozen          | closeTransport(appFrozen)              | notFrozen off

connectingTransport: grace
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged other     | backgroundSuspended   | accountChanged     | closeTransport(accountChanged)         | account 2
  networkChanged lost          | connectingTransport   | started            | -                                      | network off
  appForegrounded              | connectingTransport   | started            | -                                      | appActive on, grace none
  appBackgrounded              | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backgroundSuspended   | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError"
  transportOpened              | authenticating        | started            | startHandshake                         | handshake +10000
  openFailed retry             | backgroundSuspended   | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006"
  transportClosed retry        | backgroundSuspended   | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006"
  refused retry                | backgroundSuspended   | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  sendFailed                   | backgroundSuspended   | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open"
  protocolViolated             | backgroundSuspended   | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType"
  goingAway                    | backgroundSuspended   | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure ""
  tokenFailed                  | backgroundSuspended   | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider"
  alarm connect                | backgroundSuspended   | connectTimeout     | closeTransport(connectTimeout)         | attempt 1, outage, failure ""
  alarm grace                  | stale                 | -                  | -                                      | -

connectingTransport: token owed
  tokenMissing                 | connectingTransport   | credentialsGained  | closeTransport(credentialsGained) openTransport(0) | token not owed, connect +10000

connectingTransport: grace, token owed
  tokenMissing                 | backgroundSuspended   | credentialsGained  | closeTransport(credentialsGained)      | token not owed

connectingTransport: just dialled, token owed
  tokenMissing                 | backoff               | dialFloor          | closeTransport(dialFloor)              | token not owed, backoff +150

connectingTransport: just dialled
  credentialsChanged other     | backoff               | dialFloor          | closeTransport(dialFloor)              | account 2, backoff +150

connectingTransport: short grace
  alarm grace                  | backgroundSuspended   | appInactive        | closeTransport(appInactive)            | -
  alarm connect                | stale                 | -                  | -                                      | -

connectingTransport: short grace, offline
  alarm grace                  | waitingForConstraints | appInactive        | closeTransport(appInactive)            | -

authenticating
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | closeTransport(userStop)               | -
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged same      | authenticating        | started            | -                                      | token owed
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, connect +10000
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | authenticating        | started            | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | authenticating        | started            | -                                      | quality constrained
  appForegrounded              | stay                  | -                  | -                                      | -
  appBackgrounded              | authenticating        | started            | -                                      | appActive off
  appFrozen                    | backgroundSuspended   | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backoff               | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", backoff +775
  transportOpened              | stay                  | -                  | -                                      | -
  openFailed retry             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", backoff +500
  openFailed later             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "503", serverUntil +5500, backoff +5500
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "401", renewal +10000
  openFailed stop              | stopped               | serverStop         | closeTransport(serverStop)             | failure "426"
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", backoff +500
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "4100", renewal +10000
  transportClosed stop         | stopped               | serverStop         | closeTransport(serverStop)             | failure "4000"
  refused retry                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", backoff +500
  refused later                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "busy", serverUntil +2000, backoff +2000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  refused stop                 | stopped               | serverStop         | closeTransport(serverStop)             | failure "unsupportedVersion"
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", backoff +175
  sendStalled                  | stay                  | -                  | -                                      | -
  protocolViolated             | backoff               | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", backoff +775
  welcomed                     | open                  | opened             | -                                      | window 700, stable +5000
  welcomed expiring            | open                  | opened             | -                                      | window 700, stable +5000, tokenRenewal +540000
  accountMismatched            | waitingForConstraints | accountMismatch    | closeTransport(accountMismatch)        | auth off, outage, failure ""
  goingAway                    | backoff               | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure "", backoff +1500
  drained                      | stay                  | -                  | -                                      | -
  useful                       | stay                  | -                  | -                                      | -
  frameReceived                | stay                  | -                  | -                                      | -
  pongReceived last            | authenticating        | started            | -                                      | window 800
  tokenAccepted for ever       | stay                  | -                  | -                                      | -
  tokenAccepted expiring       | stay                  | -                  | -                                      | -
  tokenMissing                 | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  tokenFailed                  | backoff               | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", backoff +775
  alarm handshake              | backoff               | handshakeTimeout   | closeTransport(handshakeTimeout)       | attempt 1, outage, failure "", backoff +500
  any old fact                 | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

authenticating: token owed
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, token not owed, connect +10000
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 1, token not owed, outage, failure "1006", backoff +500
  welcomed                     | open                  | opened             | sendToken                              | token not owed, window 700, stable +5000
  tokenMissing                 | connectingTransport   | credentialsGained  | closeTransport(credentialsGained) openTransport(0) | token not owed, connect +10000

authenticating: grace, token owed
  tokenMissing                 | backgroundSuspended   | credentialsGained  | closeTransport(credentialsGained)      | token not owed

authenticating: just dialled, token owed
  tokenMissing                 | backoff               | dialFloor          | closeTransport(dialFloor)              | token not owed, backoff +150

authenticating: third dial
  faulted                      | backoff               | internal           | closeTransport(internal)               | attempt 3, failure "TypeError", backoff +3000
  openFailed retry             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 3, failure "1006", backoff +1000
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 3, failure "1006", backoff +1000
  refused retry                | backoff               | refused            | closeTransport(refused)                | attempt 3, failure "restart", backoff +1000
  refused later                | backoff               | refused            | closeTransport(refused)                | attempt 3, failure "busy", serverUntil +2000, backoff +2000
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 3, failure "not open", backoff +1000
  protocolViolated             | backoff               | protocolViolated   | closeTransport(protocolViolated)       | attempt 3, failure "unknownType", backoff +3000
  welcomed                     | open                  | opened             | -                                      | window 700, stable +5000
  goingAway                    | backoff               | goingAway          | closeTransport(goingAway)              | attempt 3, window 3000, failure "", backoff +3000
  useful                       | stay                  | -                  | -                                      | -
  tokenFailed                  | backoff               | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 3, failure "provider", backoff +3000
  alarm handshake              | backoff               | handshakeTimeout   | closeTransport(handshakeTimeout)       | attempt 3, failure "", backoff +1000

authenticating: rejected once
  credentialsChanged same      | authenticating        | retry              | -                                      | authRejections 0, token owed
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "401"
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "4100"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "unauthorized"
  refused stop                 | stopped               | serverStop         | closeTransport(serverStop)             | outage over, failure "unsupportedVersion"
  welcomed                     | open                  | opened             | -                                      | window 700, stable +5000
  accountMismatched            | waitingForConstraints | accountMismatch    | closeTransport(accountMismatch)        | auth off, failure ""

authenticating: phone
  appBackgrounded              | authenticating        | started            | -                                      | appActive off, grace +30000

authenticating: grace
  credentialsChanged other     | backgroundSuspended   | accountChanged     | closeTransport(accountChanged)         | account 2
  appForegrounded              | authenticating        | started            | -                                      | appActive on, grace none
  appBackgrounded              | stay                  | -                  | -                                      | -
  faulted                      | backgroundSuspended   | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError"
  openFailed retry             | backgroundSuspended   | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006"
  transportClosed retry        | backgroundSuspended   | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006"
  refused retry                | backgroundSuspended   | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  sendFailed                   | backgroundSuspended   | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open"
  protocolViolated             | backgroundSuspended   | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType"
  welcomed                     | open                  | opened             | -                                      | window 700, stable +5000
  goingAway                    | backgroundSuspended   | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure ""
  tokenFailed                  | backgroundSuspended   | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider"
  alarm handshake              | backgroundSuspended   | handshakeTimeout   | closeTransport(handshakeTimeout)       | attempt 1, outage, failure ""
  alarm grace                  | stale                 | -                  | -                                      | -

authenticating: offline
  appFrozen                    | waitingForConstraints | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  faulted                      | waitingForConstraints | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", offlineRetry +30000
  openFailed retry             | waitingForConstraints | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", offlineRetry +30000
  transportClosed retry        | waitingForConstraints | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", offlineRetry +30000
  refused retry                | waitingForConstraints | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", offlineRetry +30000
  sendFailed                   | waitingForConstraints | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", offlineRetry +30000
  protocolViolated             | waitingForConstraints | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", offlineRetry +30000
  goingAway                    | waitingForConstraints | goingAway          | closeTransport(goingAway)              | attempt 1, window 3000, outage, failure "", offlineRetry +30000
  tokenFailed                  | waitingForConstraints | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", offlineRetry +30000
  alarm handshake              | waitingForConstraints | handshakeTimeout   | closeTransport(handshakeTimeout)       | attempt 1, outage, failure "", offlineRetry +30000

authenticating: just dialled
  credentialsChanged other     | backoff               | dialFloor          | closeTransport(dialFloor)              | account 2, backoff +150

authenticating: short grace
  alarm grace                  | backgroundSuspended   | appInactive        | closeTransport(appInactive)            | -
  alarm handshake              | stale                 | -                  | -                                      | -

authenticating: short grace, offline
  alarm grace                  | waitingForConstraints | appInactive        | closeTransport(appInactive)            | -

open
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | closeTransport(userStop)               | -
  connectNow                   | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged same      | open                  | opened             | sendToken                              | -
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, connect +10000
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | open                  | opened             | sendPing listenForLife(on)             | network off, probe +2000, ownPong +18000
  networkChanged good          | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  networkChanged slow          | open                  | opened             | sendPing listenForLife(on)             | quality constrained, probe +2000, ownPong +30000
  appForegrounded              | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  appBackgrounded              | open                  | opened             | -                                      | appActive off
  appFrozen                    | backgroundSuspended   | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  appThawed                    | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  woke                         | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  faulted                      | backoff               | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", backoff +775
  transportOpened              | stay                  | -                  | -                                      | -
  openFailed retry             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", backoff +500
  openFailed later             | backoff               | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "503", serverUntil +5500, backoff +5500
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "401", renewal +10000
  openFailed stop              | stopped               | serverStop         | closeTransport(serverStop)             | failure "426"
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", backoff +500
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "4100", renewal +10000
  transportClosed stop         | stopped               | serverStop         | closeTransport(serverStop)             | failure "4000"
  refused retry                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", backoff +500
  refused later                | backoff               | refused            | closeTransport(refused)                | attempt 1, outage, failure "busy", serverUntil +2000, backoff +2000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  refused stop                 | stopped               | serverStop         | closeTransport(serverStop)             | failure "unsupportedVersion"
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", backoff +175
  sendStalled                  | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  protocolViolated             | backoff               | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", backoff +775
  welcomed                     | stay                  | -                  | -                                      | -
  welcomed expiring            | stay                  | -                  | -                                      | -
  accountMismatched            | waitingForConstraints | accountMismatch    | closeTransport(accountMismatch)        | auth off, outage, failure ""
  goingAway                    | open                  | opened             | -                                      | window 3000, leave +1500
  drained                      | stay                  | -                  | -                                      | -
  useful                       | stay                  | -                  | -                                      | -
  frameReceived                | open                  | opened             | -                                      | heard
  pongReceived last            | open                  | opened             | -                                      | window 800, heard
  tokenAccepted for ever       | stay                  | -                  | -                                      | -
  tokenAccepted expiring       | open                  | opened             | -                                      | tokenRenewal +360000
  tokenMissing                 | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  tokenFailed                  | backoff               | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", backoff +775
  alarm stable                 | open                  | opened             | -                                      | stable none
  alarm ping                   | open                  | opened             | sendPing listenForLife(on)             | pong +5000, ownPong +18000
  alarm pong                   | backoff               | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure "", backoff +175
  alarm pong late              | open                  | opened             | sendPing                               | pong none, probe +2000
  alarm pong heard             | open                  | opened             | listenForLife(off)                     | heard, pong none
  alarm pong paused            | open                  | opened             | -                                      | pong +5000
  any old fact                 | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

open: just opened
  credentialsChanged other     | backoff               | dialFloor          | closeTransport(dialFloor)              | account 2, backoff +150

open: stable
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, connect +10000
  useful                       | stay                  | -                  | -                                      | -
  alarm tokenRenewal           | open                  | opened             | sendToken(forced)                      | tokenRenewal +30000
  alarm ping                   | open                  | opened             | sendPing listenForLife(on)             | pong +5000, ownPong +18000
  alarm stable                 | stale                 | -                  | -                                      | -
  alarm pong                   | stale                 | -                  | -                                      | -

open: third dial
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(2) | account 2, connect +10000
  transportClosed retry        | backoff               | transportClosed    | closeTransport(transportClosed)        | attempt 3, failure "1006", backoff +1000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, failure "unauthorized", renewal +10000
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 3, failure "not open", backoff +1000
  useful                       | open                  | opened             | -                                      | attempt 0, outage over, failure forgotten
  alarm stable                 | open                  | opened             | -                                      | attempt 0, outage over, failure forgotten, stable none
  alarm pong                   | backoff               | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure "", backoff +175

open: pinged
  connectNow                   | open                  | opened             | sendPing                               | pong none, probe +2000
  networkChanged lost          | open                  | opened             | sendPing                               | network off, pong none, probe +2000
  networkChanged slow          | open                  | opened             | sendPing                               | quality constrained, pong none, probe +2000
  appForegrounded              | open                  | opened             | sendPing                               | pong none, probe +2000
  appBackgrounded              | open                  | opened             | -                                      | appActive off
  appThawed                    | open                  | opened             | sendPing                               | pong none, probe +2000
  woke                         | open                  | opened             | sendPing                               | pong none, probe +2000
  sendStalled                  | open                  | opened             | sendPing                               | pong none, probe +2000
  frameReceived                | open                  | opened             | listenForLife(off)                     | heard, pong none
  pongReceived last            | open                  | opened             | listenForLife(off)                     | window 800, heard, pong none, ownPong none, roundTrip 100
  alarm pong                   | backoff               | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure "", backoff +175
  alarm ping                   | stale                 | -                  | -                                      | -

open: chatty
  frameReceived                | stay                  | -                  | -                                      | -
  alarm ping                   | open                  | opened             | sendPing listenForLife(on)             | pong +5000, ownPong +18000
  alarm ownPong                | backoff               | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure "", backoff +175
  alarm ownPong late           | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  alarm ownPong paused         | open                  | opened             | -                                      | ownPong +18000

open: probing
  connectNow                   | stay                  | -                  | -                                      | -
  networkChanged lost          | open                  | opened             | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | open                  | opened             | -                                      | quality constrained
  appForegrounded              | stay                  | -                  | -                                      | -
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  sendStalled                  | stay                  | -                  | -                                      | -
  frameReceived                | open                  | opened             | listenForLife(off)                     | heard, probe none
  pongReceived last            | open                  | opened             | listenForLife(off)                     | window 800, heard, probe none, ownPong none, roundTrip 100
  alarm probe                  | backoff               | probeFailed        | closeTransport(probeFailed)            | attempt 1, outage, failure "", backoff +175
  alarm probe late             | open                  | opened             | sendPing                               | probe +2000
  alarm probe heard            | open                  | opened             | listenForLife(off)                     | heard, probe none
  alarm probe paused           | open                  | opened             | -                                      | probe +2000

open: offline
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | closeTransport(authLost)               | auth off
  credentialsChanged other     | waitingForConstraints | accountChanged     | closeTransport(accountChanged)         | account 2, offlineRetry +30000
  networkChanged lost          | stay                  | -                  | -                                      | -
  networkChanged good          | open                  | opened             | -                                      | network on
  appFrozen                    | waitingForConstraints | appFrozen          | closeTransport(appFrozen)              | notFrozen off
  faulted                      | waitingForConstraints | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError", offlineRetry +30000
  openFailed retry             | waitingForConstraints | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006", offlineRetry +30000
  transportClosed retry        | waitingForConstraints | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006", offlineRetry +30000
  refused retry                | waitingForConstraints | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart", offlineRetry +30000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  sendFailed                   | waitingForConstraints | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", offlineRetry +30000
  protocolViolated             | waitingForConstraints | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType", offlineRetry +30000
  useful                       | stay                  | -                  | -                                      | -
  frameReceived                | open                  | opened             | listenForLife(off)                     | network on, heard, probe none
  pongReceived last            | open                  | opened             | listenForLife(off)                     | network on, window 800, heard, probe none, ownPong none, roundTrip 100
  tokenFailed                  | waitingForConstraints | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider", offlineRetry +30000
  alarm probe                  | waitingForConstraints | probeFailed        | closeTransport(probeFailed)            | attempt 1, outage, failure "", offlineRetry +30000

open: leaving
  stop                         | stopped               | userStop           | closeTransport(userStop)               | -
  openFailed retry             | backoff               | goingAway          | closeTransport(goingAway)              | attempt 1, outage, failure "1006", backoff +1000
  transportClosed retry        | backoff               | goingAway          | closeTransport(goingAway)              | attempt 1, outage, failure "1006", backoff +1000
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "4100", renewal +10000
  transportClosed stop         | stopped               | serverStop         | closeTransport(serverStop)             | failure "4000"
  refused retry                | backoff               | goingAway          | closeTransport(goingAway)              | attempt 1, outage, failure "restart", backoff +1000
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", backoff +175
  goingAway                    | open                  | opened             | -                                      | window 3000
  drained                      | stay                  | -                  | -                                      | -
  useful                       | stay                  | -                  | -                                      | -
  alarm leave                  | open                  | opened             | drainSession                           | drain +2000, leave none

open: draining
  credentialsChanged other     | connectingTransport   | accountChanged     | closeTransport(accountChanged) openTransport(0) | account 2, connect +10000
  openFailed retry             | connectingTransport   | goingAway          | closeTransport(goingAway) openTransport(0) | connect +10000
  transportClosed retry        | connectingTransport   | goingAway          | closeTransport(goingAway) openTransport(0) | connect +10000
  transportClosed stop         | stopped               | serverStop         | closeTransport(serverStop)             | failure "4000"
  refused retry                | connectingTransport   | goingAway          | closeTransport(goingAway) openTransport(0) | connect +10000
  refused later                | backoff               | dialFloor          | closeTransport(dialFloor)              | serverUntil +2000, backoff +2000
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  sendFailed                   | backoff               | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open", backoff +175
  goingAway                    | open                  | opened             | -                                      | window 3000
  drained                      | connectingTransport   | goingAway          | closeTransport(goingAway) openTransport(0) | connect +10000
  alarm drain                  | connectingTransport   | goingAway          | closeTransport(goingAway) openTransport(0) | connect +10000

open: quiet
  appForegrounded              | open                  | opened             | sendPing listenForLife(on)             | appActive on, probe +2000, ownPong +18000
  appBackgrounded              | stay                  | -                  | -                                      | -
  frameReceived                | open                  | opened             | -                                      | heard
  alarm ping                   | open                  | opened             | sendPing listenForLife(on)             | pong +5000, ownPong +18000

open: phone
  appBackgrounded              | open                  | opened             | -                                      | appActive off, grace +30000

open: grace
  credentialsChanged other     | backgroundSuspended   | accountChanged     | closeTransport(accountChanged)         | account 2
  networkChanged lost          | open                  | opened             | sendPing listenForLife(on)             | network off, probe +2000, ownPong +18000
  appForegrounded              | open                  | opened             | sendPing listenForLife(on)             | appActive on, grace none, probe +2000, ownPong +18000
  appBackgrounded              | stay                  | -                  | -                                      | -
  appThawed                    | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  woke                         | open                  | opened             | sendPing listenForLife(on)             | probe +2000, ownPong +18000
  faulted                      | backgroundSuspended   | internal           | closeTransport(internal)               | attempt 1, outage, failure "TypeError"
  openFailed retry             | backgroundSuspended   | openFailed         | closeTransport(openFailed)             | attempt 1, outage, failure "1006"
  transportClosed retry        | backgroundSuspended   | transportClosed    | closeTransport(transportClosed)        | attempt 1, outage, failure "1006"
  refused retry                | backgroundSuspended   | refused            | closeTransport(refused)                | attempt 1, outage, failure "restart"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) renewToken | auth off, authRejections 1, renewal pending, outage, failure "unauthorized", renewal +10000
  sendFailed                   | backgroundSuspended   | sendFailed         | closeTransport(sendFailed)             | attempt 1, outage, failure "not open"
  protocolViolated             | backgroundSuspended   | protocolViolated   | closeTransport(protocolViolated)       | attempt 1, outage, failure "unknownType"
  goingAway                    | open                  | opened             | -                                      | window 3000, leave +1500
  tokenFailed                  | backgroundSuspended   | tokenUnavailable   | closeTransport(tokenUnavailable)       | attempt 1, outage, failure "provider"
  alarm grace                  | backgroundSuspended   | appInactive        | closeTransport(appInactive)            | -
  alarm ping                   | open                  | opened             | sendPing listenForLife(on)             | pong +5000, ownPong +18000

open: sending
  alarm ping                   | open                  | opened             | -                                      | heard

open: rejected once
  openFailed reauthenticate    | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "401"
  transportClosed reauthenticate | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "4100"
  refused reauthenticate       | waitingForConstraints | authRejected       | closeTransport(authRejected) reportAuthInvalidated | auth off, authRejections 2, failure "unauthorized"

open: offline, draining
  drained                      | waitingForConstraints | goingAway          | closeTransport(goingAway)              | offlineRetry +30000
  alarm drain                  | waitingForConstraints | goingAway          | closeTransport(goingAway)              | offlineRetry +30000

open: draining, just dialled
  drained                      | backoff               | dialFloor          | closeTransport(dialFloor)              | backoff +250

open: deaf
  alarm ownPong late           | open                  | opened             | sendPing                               | pong none, probe +2000, ownPong +18000

open: offline, deaf
  alarm ownPong                | waitingForConstraints | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure "", offlineRetry +30000

open: grace, silent
  alarm pong                   | backgroundSuspended   | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure ""

open: grace, probing
  alarm probe                  | backgroundSuspended   | probeFailed        | closeTransport(probeFailed)            | attempt 1, outage, failure ""

open: grace, deaf
  alarm ownPong                | backgroundSuspended   | pingTimeout        | closeTransport(pingTimeout)            | attempt 1, outage, failure ""

open: grace, draining
  drained                      | backgroundSuspended   | goingAway          | closeTransport(goingAway)              | -
  alarm drain                  | backgroundSuspended   | goingAway          | closeTransport(goingAway)              | -

open: short grace, offline
  alarm grace                  | waitingForConstraints | appInactive        | closeTransport(appInactive)            | -

backoff
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | -                                      | outage over
  connectNow                   | connectingTransport   | connectNow         | openTransport(1)                       | connect +10000
  credentialsChanged lost      | waitingForConstraints | authLost           | -                                      | auth off
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | connectingTransport   | accountChanged     | openTransport(1)                       | account 2, connect +10000
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | waitingForConstraints | networkLost        | -                                      | network off, offlineRetry +30000
  networkChanged good          | connectingTransport   | networkChanged     | openTransport(1)                       | connect +10000
  networkChanged slow          | connectingTransport   | networkChanged     | openTransport(1)                       | quality constrained, connect +10000
  appForegrounded              | connectingTransport   | appActive          | openTransport(1)                       | connect +10000
  appBackgrounded              | backoff               | transportClosed    | -                                      | appActive off
  appFrozen                    | backgroundSuspended   | appFrozen          | -                                      | notFrozen off
  appThawed                    | connectingTransport   | appActive          | openTransport(1)                       | connect +10000
  woke                         | connectingTransport   | woke               | openTransport(1)                       | connect +10000
  faulted                      | backoff               | internal           | -                                      | attempt 2, failure "TypeError", backoff +1500
  alarm backoff                | connectingTransport   | retry              | openTransport(1)                       | connect +10000
  alarm backoff early          | stale                 | -                  | -                                      | -
  any fact                     | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

backoff: phone
  appBackgrounded              | backgroundSuspended   | appInactive        | -                                      | appActive off

backoff: dial floor
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | -                                      | auth off
  networkChanged good          | stay                  | -                  | -                                      | -
  appThawed                    | stay                  | -                  | -                                      | -
  faulted                      | backoff               | internal           | -                                      | attempt 1, outage, failure "TypeError", backoff +775
  alarm backoff                | connectingTransport   | retry              | openTransport(0)                       | connect +10000

backoff: no token
  credentialsChanged same      | connectingTransport   | credentialsGained  | openTransport(1)                       | connect +10000
  credentialsChanged other     | connectingTransport   | accountChanged     | openTransport(1)                       | account 2, connect +10000
  networkChanged lost          | waitingForConstraints | networkLost        | -                                      | network off, offlineRetry +30000
  alarm backoff                | connectingTransport   | retry              | openTransport(1)                       | connect +10000

backoff: server's delay
  connectNow                   | connectingTransport   | connectNow         | openTransport(1)                       | serverUntil none, connect +10000
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | connectingTransport   | accountChanged     | openTransport(1)                       | account 2, serverUntil none, connect +10000
  networkChanged lost          | waitingForConstraints | networkLost        | -                                      | network off, offlineRetry +59500
  networkChanged good          | stay                  | -                  | -                                      | -
  appForegrounded              | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backoff               | internal           | -                                      | attempt 2, failure "TypeError"
  alarm backoff                | connectingTransport   | retry              | openTransport(1)                       | connect +10000

backoff: renewal owed
  connectNow                   | backoff               | dialFloor          | -                                      | backoff +250
  credentialsChanged lost      | waitingForConstraints | authLost           | -                                      | auth off, authRejections 0, renewal none
  credentialsChanged same      | backoff               | dialFloor          | -                                      | authRejections 0, renewal none, backoff +250
  tokenRenewed                 | stay                  | -                  | -                                      | -
  alarm backoff                | connectingTransport   | retry              | openTransport(1 renew)                 | connect +10000

backgroundSuspended: phone
  start                        | stay                  | -                  | -                                      | -
  stop                         | stopped               | userStop           | -                                      | outage over
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | -                                      | auth off
  credentialsChanged same      | stay                  | -                  | -                                      | -
  credentialsChanged other     | backgroundSuspended   | transportClosed    | -                                      | account 2
  tokenRenewed                 | stay                  | -                  | -                                      | -
  renewalFailed                | stay                  | -                  | -                                      | -
  networkChanged lost          | waitingForConstraints | networkLost        | -                                      | network off
  networkChanged good          | stay                  | -                  | -                                      | -
  networkChanged slow          | backgroundSuspended   | transportClosed    | -                                      | quality constrained
  appForegrounded              | connectingTransport   | appActive          | openTransport(1)                       | appActive on, connect +10000
  appBackgrounded              | stay                  | -                  | -                                      | -
  appFrozen                    | backgroundSuspended   | transportClosed    | -                                      | notFrozen off
  appThawed                    | stay                  | -                  | -                                      | -
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backgroundSuspended   | transportClosed    | -                                      | attempt 2, failure internal "TypeError"
  any fact                     | stale                 | -                  | -                                      | -
  any other alarm              | stale                 | -                  | -                                      | -

backgroundSuspended: frozen, just dialled
  appForegrounded              | backoff               | dialFloor          | -                                      | notFrozen on, backoff +150
  appThawed                    | backoff               | dialFloor          | -                                      | notFrozen on, backoff +150

backgroundSuspended: frozen
  connectNow                   | stay                  | -                  | -                                      | -
  credentialsChanged lost      | waitingForConstraints | authLost           | -                                      | auth off
  networkChanged lost          | waitingForConstraints | networkLost        | -                                      | network off
  appForegrounded              | connectingTransport   | appActive          | openTransport(0)                       | notFrozen on, connect +10000
  appBackgrounded              | backgroundSuspended   | appFrozen          | -                                      | appActive off
  appThawed                    | connectingTransport   | appActive          | openTransport(0)                       | notFrozen on, connect +10000
  woke                         | stay                  | -                  | -                                      | -
  faulted                      | backgroundSuspended   | appFrozen          | -                                      | attempt 1, outage, failure internal "TypeError"

backgroundSuspended: frozen phone
  connectNow                   | stay                  | -                  | -                                      | -
  appForegrounded              | connectingTransport   | appActive          | openTransport(0)                       | appActive on, notFrozen on, connect +10000
  appThawed                    | backgroundSuspended   | appFrozen          | -                                      | notFrozen on
`;
