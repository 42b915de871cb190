// Where one was on a page: back and forward return there, another page of a list starts at its top.
(() => {
  'use strict';

  const patience = 2000; // ms until a page that was gone back to has drawn its lists
  const places = new Map();
  const entry = () => `${history.state?._index ?? 0} ${location.href}`;
  let wanted = null;

  const stop = () => {
    wanted = null;
  };

  addEventListener(
    'scroll',
    () => {
      if (wanted === null) {
        places.set(entry(), scrollY);
      }
    },
    { passive: true },
  );

  // The browser goes back to its place at once, when the circuit has not drawn the page yet and it may be too short.
  const goBack = () => {
    if (wanted !== null) {
      scrollTo({ top: wanted, behavior: 'instant' });
    }
  };
  addEventListener('popstate', () => {
    wanted = places.get(entry()) ?? null;
    setTimeout(stop, patience);
  });
  new ResizeObserver(goBack).observe(document.documentElement);
  for (const deed of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    addEventListener(deed, stop, { passive: true });
  }

  // A page of the same list is the same page to the router, which leaves the window where it is.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('.pager a') : null;
    if (link && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      const list = link.closest('section[id]') ?? document.querySelector('main');
      // Once the address has changed: the place on the page that is left stays remembered.
      requestAnimationFrame(() => list.scrollIntoView({ behavior: 'instant' }));
    }
  });
})();
