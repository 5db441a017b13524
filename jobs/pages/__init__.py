"""The platform's pages: server-rendered, alive over the WebSocket."""
