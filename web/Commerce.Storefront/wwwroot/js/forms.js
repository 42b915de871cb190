// Forms that check themselves while they are typed in: pages without a circuit (sign-in, register), and the card, whose digits
// must not reach the server. A field says what is wrong when it is left, and from then on with every letter.
(() => {
  'use strict';

  const digits = (text) => text.replace(/\D/g, '');

  // The check digit of ISO/IEC 7812: finds every single mistyped digit.
  const luhn = (number) =>
    [...number].reverse().reduce((sum, digit, i) => {
      const value = Number(digit) * (i % 2 + 1);
      return sum + (value > 9 ? value - 9 : value);
    }, 0) % 10 === 0;

  const checks = {
    'card-number': (text) => /^\d{15,16}$/.test(digits(text)) && luhn(digits(text)),
    'card-expiry': (text) => {
      const [, month, year] = /^(\d\d)(\d\d)$/.exec(digits(text)) ?? [];
      // Good until the end of the month that it names.
      return month >= 1 && month <= 12 && new Date(2000 + Number(year), Number(month), 1) > new Date();
    },
    'card-cvc': (text) => /^\d{3,4}$/.test(text.trim()),
  };

  const formats = {
    'card-number': (text) => digits(text).slice(0, 16).replace(/(\d{4})(?=\d)/g, '$1 '),
    'card-expiry': (text) => digits(text).slice(0, 4).replace(/^(\d\d)(?=\d)/, '$1/'),
    phone: (text) => {
      const number = digits(text).slice(0, 12);
      if (!number.startsWith('0')) return text;
      const area = number.startsWith('02') ? 2 : /^050\d/.test(number) ? 4 : 3;
      const [head, rest] = [number.slice(0, area), number.slice(area)];
      const middle = number.startsWith('01') || area === 4 || rest.length > 7 ? 4 : 3;
      return [head, rest.slice(0, middle), rest.slice(middle, middle + 4)].filter(Boolean).join('-');
    },
  };

  const isRight = (field) => (checks[field.dataset.check] ?? (() => field.validity.valid))(field.value);

  const mark = (field) => {
    const right = isRight(field);
    if (right) field.removeAttribute('aria-invalid');
    else field.setAttribute('aria-invalid', 'true');
    field.closest('.field')?.classList.toggle('has-error', !right);
    const error = document.getElementById(`${field.id}-error`);
    if (error) error.hidden = right;
    const help = document.getElementById(`${field.id}-help`);
    const described = [help?.id, right ? null : error?.id].filter(Boolean).join(' ');
    if (described) field.setAttribute('aria-describedby', described);
    else field.removeAttribute('aria-describedby');
    return right;
  };

  // Fields of a part of the form that does not apply (a shopper has no farm) are not checked.
  const fieldsOf = (form) => [...form.querySelectorAll('[data-check]')].filter((field) => field.offsetParent !== null);

  // Before Blazor hears of it: the server gets the value as it stands then.
  document.addEventListener('input', (event) => {
    const field = event.target;
    const format = formats[field.dataset?.format];
    if (format && field.selectionStart === field.value.length && !event.inputType?.startsWith('delete')) {
      const written = format(field.value);
      if (written !== field.value) field.value = written;
    }
    if (field.matches?.('[data-check]') && field.getAttribute('aria-invalid') === 'true') mark(field);
  }, true);

  // A field that is left by pressing the button would tell its error between the press and the release: the button would move
  // away below the pointer, and the click be lost. So the field keeps the focus; the form checks it in any case.
  document.addEventListener('mousedown', (event) => {
    if (event.target.closest?.('form:is([data-checked], [data-live]) [type=submit]')) event.preventDefault();
  });

  document.addEventListener('focusout', (event) => {
    if (event.target.matches?.('[data-check]') && event.target.value !== '') mark(event.target);
  });

  document.addEventListener('submit', (event) => {
    if (event.target.hasAttribute('data-checked') && fieldsOf(event.target).filter((field) => !mark(field)).length > 0) {
      event.preventDefault();
      window.commerce.focusFirstError();
    }
  }, true);

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
    // Checks the card and answers a token for it, or null. The card's data stays in the browser.
    cardToken: (form, scenario) => (fieldsOf(form).map(mark).every(Boolean) ? token(scenario) : null),
    focusFirstError() {
      document.querySelector('[aria-invalid=true]')?.focus();
    },
  };
})();
