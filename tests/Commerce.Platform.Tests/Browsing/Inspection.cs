using Microsoft.Playwright;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>What a page can be asked by script, beyond axe. Every answer is a list of what is wrong; empty is right.</summary>
internal static class Inspection
{
    /// <summary>Elements that make the page wider than its window.</summary>
    public static Task<string[]> TooWideAsync(IPage page) => AskAsync(page, TooWide);

    /// <summary>Things to press that are smaller than 44 × 44 px and are no link inside a sentence.</summary>
    public static Task<string[]> TooSmallAsync(IPage page) => AskAsync(page, TooSmall);

    /// <summary>Korean on an English page that no <c>lang="ko"</c> announces.</summary>
    public static Task<string[]> UnannouncedKoreanAsync(IPage page) => AskAsync(page, UnannouncedKorean);

    /// <summary>Keys of texts (<c>cart.title</c>) and places left open (<c>{0}</c>) where words should be.</summary>
    public static Task<string[]> RawKeysAsync(IPage page) => AskAsync(page, RawKeys);

    /// <summary>What still moves for somebody who asked for less motion.</summary>
    public static Task<string[]> MovingAsync(IPage page) => AskAsync(page, Moving);

    private static Task<string[]> AskAsync(IPage page, string question) =>
        page.EvaluateAsync<string[]>($"() => {{ {Helpers} {question} }}");

    private const string Helpers = """
        const visible = e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        const name = e => {
          const copy = e.cloneNode(false);
          copy.removeAttribute('href');
          return `${copy.outerHTML.split('></')[0].slice(0, 160)} ${(e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)}`;
        };
        """;

    private const string TooWide = """
        const wide = document.documentElement.scrollWidth - innerWidth;
        if (wide <= 0) return [];
        const scrolls = e => e && e !== document.body && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
        const guilty = [...document.body.querySelectorAll('*')].filter(e =>
          visible(e) && e.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(e.parentElement));
        return [`${wide} px too wide`, ...guilty.slice(0, 5).map(name)];
        """;

    // A hit area may be larger than the element's own box (its label, a pseudo-element): what counts is what a finger meets
    // 21 px beside the middle.
    private const string TooSmall = """
        const inSentence = e => e.tagName === 'A' && getComputedStyle(e).display.startsWith('inline')
          && [...(e.parentElement?.childNodes ?? [])].some(n => n.nodeType === 3 && n.textContent.trim().length > 1);
        const area = e => {
          const label = e.labels?.[0];
          const boxes = (label ? [e, label] : [e]).map(x => x.getBoundingClientRect());
          return { width: Math.max(...boxes.map(b => b.width)), height: Math.max(...boxes.map(b => b.height)) };
        };
        const meets = (e, x, y) => {
          const hit = document.elementFromPoint(x, y);
          return hit && (e === hit || e.contains(hit) || [...(e.labels ?? [])].some(l => l.contains(hit)) || hit.contains(e) && hit.matches('a, button, label, summary'));
        };
        const pressable = document.querySelectorAll(
          'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=checkbox], [role=switch], [role=option], [role=menuitem], [tabindex="0"]:not(section, div, pre, table)');
        const small = [];
        for (const e of pressable) {
          if (!visible(e) || e.closest('[inert], .skip-link, .sr-only') || e.matches('.sr-only') || inSentence(e)) continue;
          const { width, height } = area(e);
          if (width >= 43.5 && height >= 43.5) continue;
          e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
          const box = e.getBoundingClientRect();
          if (box.width <= 1 || box.height <= 1) continue;
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          if ([[-21, 0], [21, 0], [0, -21], [0, 21]].every(([dx, dy]) => meets(e, x + dx, y + dy))) continue;
          small.push(`${Math.round(width)} × ${Math.round(height)}: ${name(e)}`);
        }
        scrollTo(0, 0);
        return small;
        """;

    private const string UnannouncedKorean = """
        const korean = /[\u3131-\u318e\uac00-\ud7a3]/;
        const announced = e => e?.closest('[lang]')?.lang.startsWith('ko');
        const found = [];
        if (korean.test(document.title)) found.push(`title: ${document.title}`);
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          if (korean.test(node.data) && !node.parentElement.closest('script, style, template') && !announced(node.parentElement)) {
            found.push(`${name(node.parentElement)}`);
          }
        }
        for (const e of document.querySelectorAll('[aria-label], [alt], [title], [placeholder], [aria-description]')) {
          for (const a of ['aria-label', 'alt', 'title', 'placeholder', 'aria-description']) {
            if (korean.test(e.getAttribute(a) ?? '') && !announced(e)) found.push(`${a} of ${name(e)}`);
          }
        }
        return found;
        """;

    private const string RawKeys = """
        const key = /^[a-z][\w]*(\.[\w가-힣-]+)+$|\{\d\}/i;
        // File names, hosts, and the types of events, which admins read as they are.
        const file = /\.(csv|json|svg|com|kr|local)$|^commerce\..+\.v\d+$/;
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          const text = node.data.trim();
          if (key.test(text) && !file.test(text) && !node.parentElement.closest('script, style, code, pre')) found.push(text);
        }
        for (const e of document.querySelectorAll('[aria-label], [alt], [title], [placeholder]')) {
          for (const a of ['aria-label', 'alt', 'title', 'placeholder']) {
            const text = e.getAttribute(a) ?? '';
            if (key.test(text) && !file.test(text)) found.push(`${a}: ${text}`);
          }
        }
        if (key.test(document.title.split(' | ')[0])) found.push(`title: ${document.title}`);
        return found;
        """;

    private const string Moving = """
        const seconds = text => Math.max(...text.split(',').map(t => parseFloat(t) * (t.trim().endsWith('ms') ? 0.001 : 1)));
        const found = [];
        for (const e of document.querySelectorAll('*')) {
          for (const part of [null, '::before', '::after']) {
            const style = getComputedStyle(e, part);
            if (seconds(style.transitionDuration) > 0.01 || style.animationName !== 'none' && seconds(style.animationDuration) > 0.01) {
              found.push(`${part ?? ''} ${name(e)}`);
            }
          }
        }
        return found.slice(0, 5);
        """;
}
