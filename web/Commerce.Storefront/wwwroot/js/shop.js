// What the page does without the server: the theme, menus, coming back after a restart. Forms: forms.js.
(() => {
  'use strict';

  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  };

  const say = () => {
    for (const button of document.querySelectorAll('[data-theme-toggle]')) {
      button.setAttribute('aria-pressed', String(isDark()));
    }
  };

  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('[data-theme-toggle]')) {
      const theme = isDark() ? 'light' : 'dark';
      document.documentElement.dataset.theme = theme;
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
      say();
    }

    // The router takes the click and scrolls, but the next tab would still start in the header.
    if (target?.closest('.skip-link')) {
      document.getElementById('main').focus();
    }

    if (target?.closest('[data-reload]')) {
      location.reload();
    }

    if (target?.closest('[data-print]')) {
      print();
    }

    // An open menu closes when something else, or one of its links, is clicked.
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(target) || target?.closest('a')) {
        menu.removeAttribute('open');
      }
    }
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const menu = document.querySelector('details.menu[open]');
      menu?.removeAttribute('open');
      menu?.querySelector('summary')?.focus();
    }
  });

  // What was typed stays typed, and who was about to type stays there: a circuit draws the page anew when it connects, and after
  // a restart the page is loaded anew. By id; passwords and cards are never kept.
  const keptKey = 'commerce.typed';
  const typed = new Map();
  const waiting = new Map();
  let focused = document.activeElement?.id ? document.activeElement : null;

  const isInteractive = () => document.querySelector('.shell[data-interactive=true]') !== null;

  const isKept = (field) =>
    field instanceof Element &&
    field.id !== '' &&
    field.matches('main :is(input, select, textarea), .search input') &&
    !field.matches('[type=password], [type=hidden], [type=file], [data-card], [readonly]');

  const isChoice = (field) => field.matches('[type=checkbox], [type=radio]');

  const restore = (field, value) => {
    if (isChoice(field)) {
      if (field.checked !== value) {
        field.click();
      }
      return;
    }
    if (field.value !== value) {
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  };

  for (const happening of ['input', 'change']) {
    document.addEventListener(happening, ({ isTrusted, target }) => {
      if (isTrusted && isKept(target)) {
        const value = isChoice(target) ? target.checked : target.value;
        typed.set(target.id, value);
        if (!isInteractive()) {
          waiting.set(target.id, { value, drawn: target });
        }
      }
    });
  }

  document.addEventListener('focusin', ({ target }) => {
    focused = target.id && !isInteractive() ? target : null;
  });

  // Who leaves a field has left it; a field that is taken away has not been left.
  document.addEventListener('focusout', ({ target }) =>
    queueMicrotask(() => {
      if (target.isConnected && focused === target) {
        focused = null;
      }
    }),
  );

  const restoreWaiting = () => {
    if ((waiting.size === 0 && !focused) || !isInteractive()) {
      return;
    }
    if (focused && document.activeElement === document.body) {
      document.getElementById(focused.id)?.focus();
    }
    focused = null;
    for (const [id, { value, drawn }] of waiting) {
      const now = document.getElementById(id);
      if (now && now !== drawn) {
        waiting.delete(id);
        restore(now, value);
        typed.set(id, value);
      }
    }
  };
  new MutationObserver(restoreWaiting).observe(document.documentElement, {
    attributeFilter: ['data-interactive'],
    childList: true,
    subtree: true,
  });

  const kept = JSON.parse(sessionStorage.getItem(keptKey) ?? 'null');
  sessionStorage.removeItem(keptKey);
  if (kept?.page === location.pathname) {
    kept.fields.forEach(([id, value]) => waiting.set(id, { value, drawn: null }));
    // A field that does not come back belonged to a state of the page that is gone.
    setTimeout(() => waiting.clear(), 10_000);
  }

  // The connection's state in words, and a fresh page when the server that held this one is gone: it brings the same session
  // and cart.
  document.getElementById('components-reconnect-modal')?.addEventListener('components-reconnect-state-changed', (event) => {
    const words = event.currentTarget.querySelector('[role=status]');
    const tell = (text) => setTimeout(() => (words.textContent = text), 100);
    switch (event.detail?.state) {
      case 'show':
      case 'retrying':
        if (words.textContent !== words.dataset.trying) {
          tell(words.dataset.trying);
        }
        break;
      case 'failed':
        tell(words.dataset.failed);
        break;
      case 'paused':
        tell(words.dataset.paused);
        break;
      case 'rejected':
      case 'resume-failed':
        sessionStorage.setItem(keptKey, JSON.stringify({ page: location.pathname, fields: [...typed] }));
        location.reload();
        break;
      default:
        tell('');
    }
  });

  say();
})();
