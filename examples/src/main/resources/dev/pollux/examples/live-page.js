'use strict';

// Everything that comes from the server is shown as text, so no name can become markup.

const PERIOD_MILLIS = 1000;
const KEPT = 60;
// Rates over less than that say nothing.
const LEAST_SECONDS = 0.5;
const cards = new Map();
let last = null;

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const millis = nanos => (nanos / 1e6).toFixed(nanos < 1e7 ? 2 : 0) + ' ms';

// Name on the page, and how it is found from a loop, the same loop before, and the seconds between.
const rate = name => (now, before, seconds) => before ? number.format((now[name] - before[name]) / seconds) : '–';
const FIGURES = [
  ['registrations', now => number.format(now.registered)],
  ['callbacks / s', rate('callbacks')],
  ['turns / s', rate('turns')],
  ['tasks / s', rate('tasks')],
  ['timers / s', rate('timers')],
  ['tasks pending', now => number.format(now.pendingTasks)],
  ['timers pending', now => number.format(now.pendingTimers)],
  ['max. timer lag', now => millis(now.longestTimerLagNanos)],
  ['busy', (now, before) => before ? busy(now, before) : '–'],
  ['slow callbacks', now => number.format(now.slowCallbacks)],
  ['max. callback', now => millis(now.longestCallbackNanos)],
  ['swaps', now => number.format(now.swaps)],
];

function busy(now, before) {
  const work = now.busyNanos - before.busyNanos;
  const all = work + now.waitingNanos - before.waitingNanos;
  return all > 0 ? (100 * work / all).toFixed(0) + ' %' : '–';
}

function element(name, parent, properties) {
  const made = parent.appendChild(document.createElement(name));
  return Object.assign(made, properties);
}

function drawing(name, parent) {
  return parent.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
}

function makeCard(id, loop, backends) {
  const section = element('section', document.getElementById('loops'));
  section.dataset.loop = id;
  const top = element('div', section, { className: 'top' });
  element('h2', top, { textContent: loop.name });
  const backend = element('span', top, { className: 'backend' });
  const swapping = element('div', top, { className: 'swapping' });
  const to = element('select', swapping, { ariaLabel: 'another backend for ' + loop.name });
  for (const name of backends) {
    element('option', to, { value: name, textContent: name });
  }
  const button = element('button', swapping, { textContent: 'Swap', type: 'button' });
  const answer = element('p', section, { className: 'answer' });
  button.addEventListener('click', () => swap(id, to.value, button, answer));
  const list = element('dl', section);
  const values = FIGURES.map(([name]) => {
    const pair = element('div', list);
    element('dt', pair, { textContent: name });
    return element('dd', pair);
  });
  const figure = element('figure', section);
  const svg = drawing('svg', figure);
  svg.setAttribute('viewBox', `0 0 ${KEPT - 1} 100`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const line = drawing('polyline', svg);
  element('figcaption', figure, { textContent: 'callbacks per second, the last minute' });
  const details = element('details', section);
  element('summary', details, { textContent: 'What it does now' });
  const dump = element('pre', details);
  details.addEventListener('toggle', () => details.open && showDump(id, dump));
  return { backend, values, line, rates: [], dump, details };
}

function show(card, now, before, seconds) {
  FIGURES.forEach(([, value], i) => { card.values[i].textContent = value(now, before, seconds); });
  if (before) {
    card.rates.push((now.callbacks - before.callbacks) / seconds);
    card.rates.splice(0, card.rates.length - KEPT);
    const most = Math.max(1, ...card.rates);
    const first = KEPT - card.rates.length;
    card.line.setAttribute('points', card.rates.map((each, i) => `${first + i},${97 - 94 * each / most}`).join(' '));
  }
}

async function swap(loop, backend, button, answer) {
  button.disabled = true;
  answer.className = 'answer';
  answer.textContent = 'swapping to ' + backend;
  try {
    const response = await fetch('/swap', { method: 'POST', body: new URLSearchParams({ loop, backend }) });
    answer.textContent = await response.text();
    answer.classList.toggle('bad', !response.ok);
  } catch (failure) {
    answer.textContent = String(failure);
    answer.classList.add('bad');
  }
  button.disabled = false;
  await refresh();
}

async function showDump(loop, dump) {
  dump.textContent = await (await fetch('/dump?loop=' + loop)).text();
}

async function refresh() {
  const state = document.getElementById('state');
  try {
    const now = await (await fetch('/loops.json')).json();
    const seconds = last ? (now.nanos - last.nanos) / 1e9 : 0;
    const isTime = !last || seconds >= LEAST_SECONDS;
    now.loops.forEach((loop, id) => {
      if (!cards.has(id)) {
        cards.set(id, makeCard(id, loop, now.backends));
      }
      const card = cards.get(id);
      card.backend.textContent = loop.open ? loop.backend : 'ended';
      if (isTime) {
        show(card, loop, last && last.loops[id], seconds);
      }
    });
    last = isTime ? now : last;
    state.className = '';
    state.textContent = `${now.loops.length} loops, read every second`;
  } catch (failure) {
    state.className = 'bad';
    state.textContent = 'no answer: ' + failure;
  }
}

async function goOn() {
  await refresh();
  setTimeout(goOn, PERIOD_MILLIS);
}

goOn();
