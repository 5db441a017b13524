"""The WebSocket `/ws/jobs/`: one hub per web process reads the event logs and feeds the sockets.

The protocol is described where its messages are made (`messages`) and asked for (`requests`); the client
for browsers is `jobs/static/jobs/live.js`.
"""
