/* Live events of jobs over the WebSocket /ws/jobs/, with resume after a lost connection.
 *
 *   <script src="{% static 'jobs/live.js' %}" defer></script>
 *
 *   const live = new MillraceLive();                       // or {url: "wss://host/ws/jobs/", token: "mr_..."}
 *   const stop = live.subscribe({jobs: [id]}, (message) => {
 *     if (message.type === "job.progress") bar.value = message.progress;   // 0 to 1, or null when unknown
 *     if (message.type === "job.completed") location.reload();
 *   });
 *   stop();                                                // unsubscribes
 *
 * What can be subscribed to, alone or together:
 *   {jobs: [id, ...], queues: [name, ...], correlationIds: [id, ...], flows: [id, ...],
 *    overview: true}
 * and `after: {queue: cursor}` to get what happened since a cursor that the page was rendered with.
 *
 * What the callback gets, each with `type`; job messages also have jobId, queue, timestamp (ISO) and cursor:
 *   job.state      {state, progress, details}   how each job stands now, when subscribed to without a
 *                                               cursor, and when an operator lets it wait again
 *   job.started    {run, worker, queueToStartMs}    job.progress   {progress, details}
 *   job.log        {message, level, details}    job.retrying   {delayMs, attemptUsed, reason, error}
 *   job.stalled    {reason}                     job.completed  {result, processingMs, totalMs}
 *   job.failed     {error: {type, message}, attempts, maxAttempts, retryable}
 *   job.cancelled  {reason}                     queue.stats    {queue, counts: {waiting, delayed, active,
 *                                               dead}, oldestWaitingSeconds, timestamp}; counts end at 10001
 *   gap            {queue}   events are gone from the log: fetch the state anew (the page's data, over HTTP)
 *   error          {code, detail, fields}   the subscription was refused
 *
 * `live.onstatus = (status) => ...` hears "connecting", "open", "closed" (it tries again by itself) and
 * "refused" (not signed in; it does not try again). `live.close()` ends it.
 */
(function () {
  "use strict";

  const FIRST_DELAY = 500; // ms before the first reconnect; doubles up to LAST_DELAY, with jitter
  const LAST_DELAY = 15000;
  const REFUSED = [4401, 4403]; // close codes after which trying again cannot help
  const FINAL = ["job.completed", "job.failed", "job.cancelled"];

  function defaultUrl() {
    return location.origin.replace(/^http/, "ws") + "/ws/jobs/";
  }

  class MillraceLive {
    constructor(options = {}) {
      this.url = options.url || defaultUrl();
      this.token = options.token || null;
      this.onstatus = options.onstatus || function () {};
      this.subscriptions = new Map(); // id -> {topics, callback, cursors: {queue: cursor}}
      this.count = 0;
      this.delay = FIRST_DELAY;
      this.closed = false;
      this.socket = null;
      this.ready = false;
    }

    /** Subscribe and get a function that unsubscribes. Connects when needed. */
    subscribe(topics, callback) {
      const id = "s" + ++this.count;
      const { after, ...wanted } = topics;
      this.subscriptions.set(id, { topics: wanted, callback, cursors: after ? { ...after } : null });
      if (this.ready) this.ask(id);
      else this.connect();
      return () => this.unsubscribe(id);
    }

    unsubscribe(id) {
      if (this.subscriptions.delete(id) && this.ready) this.send({ type: "unsubscribe", id });
    }

    close() {
      this.closed = true;
      clearTimeout(this.timer);
      if (this.socket) this.socket.close(1000);
    }

    // -- the connection ------------------------------------------------------------------------------

    connect() {
      if (this.closed || this.socket) return;
      clearTimeout(this.timer);
      this.onstatus("connecting");
      const socket = (this.socket = new WebSocket(this.url));
      socket.onopen = () => this.token && this.send({ type: "authenticate", token: this.token });
      socket.onmessage = (event) => this.receive(JSON.parse(event.data));
      socket.onclose = (event) => this.lost(event.code);
    }

    lost(code) {
      this.socket = null;
      this.ready = false;
      if (this.closed) return;
      if (REFUSED.includes(code)) {
        this.onstatus("refused");
        return;
      }
      this.onstatus("closed");
      this.timer = setTimeout(() => this.connect(), this.delay * (0.5 + Math.random() / 2));
      this.delay = Math.min(this.delay * 2, LAST_DELAY);
    }

    send(message) {
      this.socket.send(JSON.stringify(message));
    }

    ask(id) {
      const { topics, cursors } = this.subscriptions.get(id);
      this.send({ type: "subscribe", id, ...topics, ...(cursors ? { after: cursors } : {}) });
    }

    // -- messages ------------------------------------------------------------------------------------

    receive(message) {
      if (message.type === "connected") {
        this.ready = true;
        this.delay = FIRST_DELAY;
        this.onstatus("open");
        for (const id of this.subscriptions.keys()) this.ask(id);
        return;
      }
      for (const id of message.subscriptions || []) {
        const subscription = this.subscriptions.get(id);
        if (subscription) this.deliver(subscription, message);
      }
    }

    deliver(subscription, message) {
      if (message.type === "subscribed") {
        subscription.cursors = { ...message.cursors, ...subscription.cursors };
        return;
      }
      if (message.cursor && message.queue) {
        subscription.cursors = { ...subscription.cursors, [message.queue]: message.cursor };
      }
      subscription.callback(message);
    }
  }

  MillraceLive.isFinal = (message) => FINAL.includes(message.type);
  window.MillraceLive = MillraceLive;
})();
