// What the page does without the server: the theme, the card form's token, coming back after a restart.
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
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
      say();
    }

    if (target?.closest('[data-reload]')) {
      location.reload();
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

  // The server that held this page is gone (a restart): a fresh page brings the same cart and session.
  document.getElementById('components-reconnect-modal')?.addEventListener('components-reconnect-state-changed', (event) => {
    if (event.detail?.state === 'rejected' || event.detail?.state === 'resume-failed') {
      location.reload();
    }
  });

  // Typing does not wait for the circuit: when it connects it draws the page anew, and what was typed by then moves over.
  const typed = new Map();
  document.addEventListener('input', (event) => {
    if (event.isTrusted && event.target instanceof HTMLInputElement && event.target.matches('[data-keep-typing]')) {
      typed.set(event.target.id, event.target);
    }
  });
  new MutationObserver(() => {
    for (const [id, before] of typed) {
      const now = document.getElementById(id);
      if (now && now !== before) {
        typed.delete(id);
        now.value = before.value;
        now.focus();
        now.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  // 24 base62 characters that begin with the scenario; bytes above 247 are dropped so that all characters are equally likely.
  const token = (scenario) => {
    let text = scenario ?? '';
    while (text.length < 24) {
      for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
        if (byte < 248 && text.length < 24) {
          text += alphabet[byte % 62];
        }
      }
    }
    return `tok_${text}`;
  };

  window.commerce = {
    // Reads the card form and answers { token } or { errors: [field, …] }. The card's data stays in the browser.
    cardToken(form, scenario) {
      const digits = (name) => (form.querySelector(`[data-card=${name}]`)?.value ?? '').replace(/\D/g, '');
      const errors = [];
      if (!/^\d{15,16}$/.test(digits('number'))) errors.push('number');
      const expiry = digits('expiry');
      const month = Number(expiry.slice(0, 2));
      const end = new Date(2000 + Number(expiry.slice(2, 4)), month, 1);
      if (expiry.length !== 4 || month < 1 || month > 12 || end <= new Date()) errors.push('expiry');
      if (!/^\d{3,4}$/.test(digits('cvc'))) errors.push('cvc');
      return errors.length > 0 ? { errors } : { token: token(scenario), errors };
    },
    focusFirstError() {
      document.querySelector('[aria-invalid=true]')?.focus();
    },
  };

  say();
})();
