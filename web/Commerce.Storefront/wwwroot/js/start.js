// Opens the page's circuit as one WebSocket, without a request that negotiates it first: behind a proxy that one could reach
// another replica than the socket. A server that is away is asked again for ten minutes, then whoever looks decides.
// Links are Blazor's only once the circuit is there: a page that is swapped in place while a circuit starts gets the circuit of
// the page before, which then draws that one again.
Blazor.start({
  ssr: { disableDomPreservation: true },
  circuit: {
    configureSignalR: (connection) => connection.withUrl('_blazor', { skipNegotiation: true, transport: 1 /* WebSockets */ }),
    reconnectionOptions: {
      maxRetries: 160,
      retryIntervalMilliseconds: (attempt) => (attempt === 0 ? 0 : attempt < 50 ? 1000 : 5000),
    },
  },
});
