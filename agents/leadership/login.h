/* Log-in, log-out, and what the page is told of its session. */
#ifndef LEADERSHIP_LOGIN_H
#define LEADERSHIP_LOGIN_H

#include "gateway.h"

struct login;
struct login *login_open(void);
void login_close(struct login **login);

/* /v1/session: POST, GET and DELETE. */
void login_handle(struct gateway *gateway, struct http_request *request);
/* The session of a request, used now; NULL: none. Borrowed until a session begins or ends. */
const struct web_session *login_session(struct gateway *gateway, const struct http_request *request);
/* Answers those who wait for what the hub says of their identity. Returns in how many milliseconds to look again. */
int login_tick(struct gateway *gateway);

#endif
