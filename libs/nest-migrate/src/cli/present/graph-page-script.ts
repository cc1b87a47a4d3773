/* What runs in the browser. It is written into the page as text, so that it may use nothing but what it declares itself. */

/** A word or a name, and the row of the revision that it names; `null` where it names none that is shown. */
export type PageWord = readonly [text: string, row: number | null];

/** What a statement does to the database, as it was planned. */
export interface PageStatement {
  readonly sql: string | null;
  readonly consequence: string | null;
  /** A row a table: its name, its size, its lock, the work on it, who waits. */
  readonly tables: readonly (readonly string[])[];
  /** What was found: the level, the rule, what it says, what to do instead. */
  readonly findings: readonly (readonly [level: string, rule: string, message: string, instead: string])[];
}

/** A part of what the page says of a revision. */
export interface PageSection {
  readonly title: string;
  readonly note: string | null;
  readonly list: readonly string[];
  readonly code: string | null;
  readonly statements: readonly PageStatement[];
}

/** A revision of the page. */
export interface PageRevision {
  readonly id: string;
  /** The first line of its message. */
  readonly title: string;
  /** The rest of it. */
  readonly text: string;
  readonly date: string | null;
  readonly state: 'applied' | 'pending' | null;
  /** Whether the database stands here. */
  readonly isHere: boolean;
  readonly isMerge: boolean;
  readonly isHead: boolean;
  /** Short marks beside its title: what is marked, and the name of its colour. */
  readonly marks: readonly (readonly [text: string, kind: string])[];
  readonly facts: readonly (readonly [name: string, values: readonly PageWord[]])[];
  readonly sections: readonly PageSection[];
}

/** All that the page knows. */
export interface PageData {
  readonly revisions: readonly PageRevision[];
  /** The column of each row. */
  readonly columns: readonly number[];
  readonly edges: readonly (readonly [from: number, to: number, column: number, isDependency: 0 | 1])[];
  readonly width: number;
}

/** What it uses of a browser: the library is compiled without the types of one. */
interface PageElement {
  textContent: string | null;
  hidden: boolean;
  value: string;
  scrollTop: number;
  readonly clientHeight: number;
  readonly clientWidth: number;
  readonly style: Record<string, string>;
  readonly classList: { toggle(name: string, force?: boolean): boolean };
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  append(...children: readonly (PageElement | string)[]): void;
  replaceChildren(...children: readonly (PageElement | string)[]): void;
  addEventListener(name: string, listener: (event: PageEvent) => void, options?: { passive: boolean }): void;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement;
  focus(options?: { preventScroll: boolean }): void;
  select(): void;
}

interface PageEvent {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly target: PageElement;
  preventDefault(): void;
}

declare const document: Pick<PageElement, 'querySelector' | 'addEventListener'> & {
  readonly activeElement: PageElement | null;
  createElement(name: string): PageElement;
  createElementNS(space: string, name: string): PageElement;
};
declare const window: Pick<PageElement, 'addEventListener'> & {
  readonly location: { readonly hash: string };
  readonly history: { replaceState(state: null, title: string, url: string): void };
  matchMedia(query: string): Pick<PageElement, 'addEventListener'> & { readonly matches: boolean };
  requestAnimationFrame(work: () => void): void;
};

/** Draws the rows that are on the screen, and what there is to say of the chosen one. */
export function graphPageScript(): void {
  const find = (selector: string): PageElement => document.querySelector(selector);
  const { revisions, columns, edges, width } = JSON.parse(find('#data').textContent ?? '') as PageData;
  const [list, canvas, rows, drawing] = ['#list', '#canvas', '#rows', '#drawing'].map(find);
  const [search, count, filters, details] = ['#search', '#count', '#filters', '#details'].map(find);
  const narrow = window.matchMedia('(max-width: 48rem)');
  const COLOURS = 8;
  /** Rows that are drawn above and below the screen. */
  const MARGIN = 16;

  /** The rows that are listed: all, or those that were searched for. */
  let view: readonly number[] = revisions.map((_, row) => row);
  let isFiltered = false;
  /** The revision that is told of, and the one that the keyboard is at. */
  let chosen = -1;
  let drawn = { first: 0, last: -1 };
  let texts: readonly string[] | undefined;
  let isWaiting = false;

  const rowHeight = (): number => (narrow.matches ? 60 : 40);
  const gap = (): number => Math.min(18, (narrow.matches ? 84 : Math.max(120, list.clientWidth * 0.4)) / width);
  const xOf = (column: number): number => 18 + column * gap();
  const colourOf = (column: number): string => `lane${column % COLOURS}`;

  function element(name: string, className = '', ...children: readonly (PageElement | string)[]): PageElement {
    const made = document.createElement(name);
    if (className !== '') made.setAttribute('class', className);
    made.append(...children);
    return made;
  }

  function shape(name: string, attributes: Readonly<Record<string, string | number>>): PageElement {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
    return made;
  }

  /** A line from a revision down to an older one: it bends into its column at once, and out of it at the end. */
  function pathOf(from: number, to: number, column: number, top: number): string {
    const height = rowHeight();
    const half = height / 2;
    const [x1, x2, x] = [columns[from], columns[to], column].map(xOf);
    const [y1, y2] = [from, to].map((row) => row * height + half - top);
    const bend = (a: number, ya: number, b: number): string =>
      a === b ? `V${ya + height}` : `C${a} ${ya + half} ${b} ${ya + half} ${b} ${ya + height}`;
    if (to === from + 1) return `M${x1} ${y1}${bend(x1, y1, x2)}`;
    return `M${x1} ${y1}${bend(x1, y1, x)}V${y2 - height}${bend(x, y2 - height, x2)}`;
  }

  function dot(row: number, y: number): readonly PageElement[] {
    const { state, isHere, isMerge } = revisions[row];
    const at = { cx: xOf(columns[row]), cy: y };
    const look = `${colourOf(columns[row])} ${state ?? 'applied'}`;
    return [
      ...(isHere ? [shape('circle', { ...at, r: 11, class: 'here' })] : []),
      ...(isMerge ? [shape('circle', { ...at, r: 7.5, class: `${colourOf(columns[row])} pending` })] : []),
      shape('circle', { ...at, r: isMerge ? 3.5 : 5.5, class: look }),
    ];
  }

  function rowElement(index: number): PageElement {
    const row = view[index];
    const { id, title, date, marks } = revisions[row];
    const made = element(
      'div',
      'row',
      element(
        'span',
        'what',
        element('span', title === '' ? 'title none' : 'title', title === '' ? 'no message' : title),
        ...marks.map(([text, kind]) => element('span', `mark ${kind}`, text)),
      ),
      element('code', 'id', id),
      element('span', 'date', date ?? ''),
    );
    made.setAttribute('role', 'option');
    made.setAttribute('id', `row${row}`);
    made.setAttribute('aria-selected', String(row === chosen));
    made.setAttribute('aria-setsize', String(view.length));
    made.setAttribute('aria-posinset', String(index + 1));
    made.style['transform'] = `translateY(${index * rowHeight()}px)`;
    made.style['paddingLeft'] = `${xOf(width - 1) + 20}px`;
    return made;
  }

  function draw(isChanged: boolean): void {
    const height = rowHeight();
    const first = Math.floor(list.scrollTop / height);
    const last = Math.min(view.length - 1, Math.ceil((list.scrollTop + list.clientHeight) / height));
    if (!isChanged && first >= drawn.first && last <= drawn.last) return;
    drawn = { first: Math.max(0, first - MARGIN), last: Math.min(view.length - 1, last + MARGIN) };
    const shown = Array.from({ length: drawn.last - drawn.first + 1 }, (_, index) => drawn.first + index);
    const top = drawn.first * height;
    rows.replaceChildren(...shown.map(rowElement));

    const lines = new Map<string, string>();
    if (!isFiltered) {
      for (const [from, to, column, isDependency] of edges) {
        if (to < drawn.first || from > drawn.last) continue;
        const look = isDependency === 1 ? 'dependency' : colourOf(column);
        lines.set(look, `${lines.get(look) ?? ''}${pathOf(from, to, column, top)}`);
      }
    }
    const size = shown.length * height;
    drawing.setAttribute('width', String(xOf(width - 1) + 18));
    drawing.setAttribute('height', String(size));
    drawing.style['transform'] = `translateY(${top}px)`;
    drawing.replaceChildren(
      ...[...lines].map(([look, d]) => shape('path', { d, class: `line ${look}` })),
      ...shown.flatMap((index) => dot(view[index], index * height + height / 2 - top)),
    );
  }

  function drawSoon(): void {
    if (isWaiting) return;
    isWaiting = true;
    window.requestAnimationFrame(() => {
      isWaiting = false;
      draw(false);
    });
  }

  function layOut(): void {
    canvas.style['height'] = `${view.length * rowHeight()}px`;
    draw(true);
  }

  function reveal(row: number): void {
    const index = view.indexOf(row);
    if (index === -1) return;
    const height = rowHeight();
    const [top, bottom] = [index * height, (index + 1) * height];
    const isBeside = bottom < list.scrollTop - height || top > list.scrollTop + list.clientHeight + height;
    if (isBeside) list.scrollTop = top - list.clientHeight / 2;
    else if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }

  function choose(row: number, isOpened: boolean): void {
    chosen = row;
    const { id } = revisions[row];
    if (!view.includes(row)) {
      search.value = '';
      for (const name of active()) find(`#filters [name="${name}"]`).setAttribute('aria-pressed', 'false');
      filter();
    }
    reveal(row);
    draw(true);
    list.setAttribute('aria-activedescendant', `row${row}`);
    if (window.location.hash !== `#${encodeURIComponent(id)}`)
      window.history.replaceState(null, '', `#${encodeURIComponent(id)}`);
    tell(revisions[row]);
    if (isOpened) open(true);
  }

  /** On a narrow screen what is told lies over the list. */
  function open(isOpen: boolean): void {
    details.classList.toggle('open', isOpen);
    if (isOpen && narrow.matches) find('#details .back').focus();
    else if (!isOpen) list.focus({ preventScroll: true });
  }

  function tell({ title, text, facts, sections }: PageRevision): void {
    const back = element('button', 'back', '← All revisions');
    back.addEventListener('click', () => open(false));
    const terms = facts.flatMap(([name, values]) => [
      element('dt', '', name),
      element('dd', '', ...values.flatMap((word, index) => (index === 0 ? [wordOf(word)] : [', ', wordOf(word)]))),
    ]);
    details.replaceChildren(
      back,
      element('h2', '', title === '' ? 'No message' : title),
      ...(text === '' ? [] : [element('p', 'message', text)]),
      element('dl', 'facts', ...terms),
      ...sections.map(sectionOf),
    );
    details.scrollTop = 0;
  }

  function wordOf([text, row]: PageWord): PageElement | string {
    if (row === null) return text;
    const link = element('a', '', text);
    link.setAttribute('href', `#${encodeURIComponent(revisions[row].id)}`);
    return link;
  }

  function sectionOf({ title, note, list: items, code, statements }: PageSection): PageElement {
    return element(
      'section',
      '',
      element('h3', '', title),
      ...(note === null ? [] : [element('p', 'note', note)]),
      ...(items.length === 0 ? [] : [element('ul', '', ...items.map((item) => element('li', '', item)))]),
      ...(code === null ? [] : [element('pre', '', code)]),
      ...statements.map(statementOf),
    );
  }

  function statementOf({ sql, consequence, tables, findings }: PageStatement): PageElement {
    const heads = ['Table', 'Size', 'Lock', 'Work', 'Meanwhile'];
    const factsOf = (cells: readonly string[]): PageElement =>
      element(
        'dl',
        'facts',
        ...cells.flatMap((cell, at) => [element('dt', '', heads[at] ?? ''), element('dd', '', cell)]),
      );
    return element(
      'div',
      'statement',
      ...(sql === null ? [] : [element('pre', '', sql)]),
      ...(consequence === null ? [] : [element('p', 'consequence', consequence)]),
      ...tables.map(factsOf),
      ...findings.map(([level, rule, message, instead]) =>
        element(
          'p',
          `finding ${level}`,
          element('b', '', rule),
          ` ${message} `,
          ...(instead === '' ? [] : [element('span', 'instead', instead)]),
        ),
      ),
    );
  }

  function textsOf(): readonly string[] {
    return (texts ??= revisions.map(({ id, title, text, date, marks, facts, sections }) =>
      [
        ...[id, title, text, date ?? ''],
        ...marks.map(([mark]) => mark),
        // the names of others are theirs
        ...facts.flatMap(([, values]) => values.filter(([, row]) => row === null).map(([value]) => value)),
        ...sections.flatMap(({ list: items, code, statements }) => [
          ...items,
          code ?? '',
          ...statements.map(({ sql }) => sql ?? ''),
        ]),
      ]
        .join('\n')
        .toLowerCase(),
    ));
  }

  /** The names of the filters that are on. */
  function active(): readonly string[] {
    return ['pending', 'heads', 'merges'].filter((name) => {
      const button = find(`#filters [name="${name}"]`) as PageElement | null;
      return button?.getAttribute('aria-pressed') === 'true';
    });
  }

  function filter(): void {
    const words = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const names = active();
    const every = revisions.map((_, row) => row);
    const isWanted = (row: number): boolean => {
      const { state, isHead, isMerge } = revisions[row];
      if (names.includes('pending') && state !== 'pending') return false;
      if (names.includes('heads') && !isHead) return false;
      if (names.includes('merges') && !isMerge) return false;
      return words.every((word) => textsOf()[row].includes(word));
    };
    isFiltered = words.length > 0 || names.length > 0;
    view = isFiltered ? every.filter(isWanted) : every;
    count.textContent = isFiltered ? `${view.length} of ${revisions.length}` : '';
    find('#nothing').hidden = !isFiltered || view.length > 0;
    list.scrollTop = 0;
    if (chosen !== -1) reveal(chosen);
    layOut();
  }

  function chooseLinked(): void {
    let id = window.location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      // a link that someone has cut
    }
    const row = revisions.findIndex((revision) => revision.id === id);
    if (row !== -1 && row !== chosen) choose(row, true);
  }

  function moveTo(index: number): void {
    const row = view[Math.max(0, Math.min(view.length - 1, index))] as number | undefined;
    if (row !== undefined) choose(row, false);
  }

  function onListKey(event: PageEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = view.indexOf(chosen);
    const page = Math.max(1, Math.floor(list.clientHeight / rowHeight()) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at === -1 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: view.length - 1,
    };
    if (event.key in steps) moveTo(steps[event.key]);
    else if (event.key === 'Enter' && chosen !== -1) open(true);
    else return;
    event.preventDefault();
  }

  list.addEventListener('scroll', drawSoon, { passive: true });
  list.addEventListener('keydown', onListKey);
  list.addEventListener('click', ({ target }) => {
    const name = target.closest('.row')?.getAttribute('id');
    if (name != null) choose(Number(name.slice('row'.length)), true);
  });
  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    list.focus({ preventScroll: true });
    moveTo(Math.max(0, view.indexOf(chosen)));
  });
  filters.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button === null) return;
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
    filter();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement?.getAttribute('id') !== 'search') {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === 'Escape') {
      if (document.activeElement?.getAttribute('id') === 'search' && search.value !== '') {
        search.value = '';
        filter();
      } else open(false);
    }
  });
  window.addEventListener('hashchange', chooseLinked);
  window.addEventListener('resize', layOut);
  narrow.addEventListener('change', layOut);
  layOut();
  chooseLinked();
}
