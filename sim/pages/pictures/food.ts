// The burger bar's menu, drawn. A burger is its layers from the bottom up; a drink is its glass and colour.
import { box, ellipse, group, line, path, picture, scaled, scatter, shadow } from './draw';

// ---- burgers -----------------------------------------------------------------------------------------------------

type Layer = 'patty' | 'chicken' | 'halloumi' | 'green' | 'cheese' | 'swiss' | 'lettuce' | 'tomato' | 'onion' | 'bacon' | 'mushroom' | 'chilli' | 'truffle' | 'honey' | 'egg';

/** [height, drawing at y = its upper edge] */
const layers: Record<Layer, [number, (y: number) => string]> = {
  patty: [17, (y) => box(58, y, 124, 19, 9.5, '#5b2c17') + box(62, y + 2, 116, 6, 3, '#7d4326') + [72, 95, 121, 150, 168].map((x, i) => ellipse(x, y + 11 + (i % 2) * 2, 4, 2, '#44200f')).join('')],
  chicken: [18, (y) => path(`M56 ${y + 12}q2-14 16-11q10-6 22-1q12-5 24 0q14-5 24 1q14-3 22 1q20-3 20 10q0 8-14 8h-100q-14 0-14-8z`, '#d98a2b') + [70, 92, 116, 139, 163].map((x, i) => ellipse(x, y + 9 + (i % 3), 6, 3, i % 2 ? '#efae55' : '#b86a16')).join('')],
  halloumi: [14, (y) => box(60, y, 120, 15, 5, '#f6e3b4') + [76, 98, 120, 142, 160].map((x) => line(`M${x} ${y + 3}l-6 9`, '#c07f2c', 4)).join('')],
  green: [17, (y) => box(58, y, 124, 18, 9, '#6b7d2f') + [70, 88, 109, 131, 150, 168].map((x, i) => ellipse(x, y + 7 + (i % 2) * 5, 4, 2.4, i % 2 ? '#d9a441' : '#8fa545')).join('')],
  cheese: [8, (y) => path(`M54 ${y}h132l-10 9l-20 1l-14 15l-14-15h-34l-12 10l-14-10z`, '#ffb81f') + path(`M54 ${y}h132l-3 3h-126z`, '#ffd465')],
  swiss: [8, (y) => path(`M56 ${y}h128l-16 10h-20l-12 12l-16-12h-48z`, '#ffe9a6') + ellipse(140, y + 8, 4, 3, '#edcd77') + ellipse(92, y + 5, 3, 2, '#edcd77')],
  lettuce: [9, (y) => path(`M50 ${y + 6}q6-9 14-4q8-7 16 0q8-7 16 0q8-6 16 0q8-7 16 0q8-6 16 0q8-7 16 0q8-6 16 0q10-4 14 4q-2 9-12 6q-8 6-15 0q-8 6-16 0q-8 6-16 0q-8 6-16 0q-8 6-16 0q-8 6-16 0q-8 5-15 0q-9 4-10-2z`, '#6fb43f') + line(`M60 ${y + 6}q60-7 120 0`, '#9ed56a', 2.5)],
  tomato: [9, (y) => box(62, y, 54, 10, 5, '#d8321f') + box(120, y, 56, 10, 5, '#e34a2f') + line(`M70 ${y + 4}h36M130 ${y + 4}h36`, '#ff8d70', 2)],
  onion: [6, (y) => line(`M66 ${y + 4}q16-7 32 0q16 6 30 0q16-7 46 1`, '#c9a3c9', 5) + line(`M68 ${y + 3}q16-6 30 0q16 6 30 0q16-6 42 1`, '#f1e0f1', 2)],
  bacon: [8, (y) => line(`M54 ${y + 5}q11-9 22 0t22 0t22 0t22 0t22 0t22 0`, '#a8321f', 8) + line(`M54 ${y + 4}q11-9 22 0t22 0t22 0t22 0t22 0t22 0`, '#f0a48c', 2.5)],
  mushroom: [10, (y) => [70, 96, 122, 148].map((x, i) => path(`M${x - 13} ${y + 8}q0-10 13-10t13 10z`, i % 2 ? '#b78b63' : '#a37750') + box(x - 4, y + 5, 8, 6, 2, '#e8d6bf')).join('')],
  chilli: [6, (y) => [70, 100, 132, 160].map((x, i) => line(`M${x} ${y + (i % 2) * 3}q8 6 16 1`, i % 2 ? '#2f8f3a' : '#d42b1c', 5)).join('')],
  truffle: [8, (y) => box(60, y, 120, 9, 4.5, '#f3e4c8') + [72, 90, 110, 127, 149, 168].map((x, i) => ellipse(x, y + 3 + (i % 2) * 3, 3.2, 2, '#3a2a20')).join('')],
  honey: [7, (y) => path(`M60 ${y}h120q2 6-8 6q-4 12-8 0h-26q-5 15-9 0h-30q-4 9-8 0h-22q-10 0-9-6z`, '#f2a100') + line(`M70 ${y + 2}h96`, '#ffd466', 2)],
  egg: [10, (y) => path(`M60 ${y + 6}q10-8 30-6q30-4 60 0q24-2 30 5q-4 8-30 7q-40 4-66 0q-22 0-24-6z`, '#fffdf5') + ellipse(122, y + 3, 20, 6, '#ffbe26') + ellipse(116, y + 1.5, 7, 2, '#ffe08a')],
};

function stack(bun: string, light: string, dark: string, seeds: boolean, ...fill: Layer[]): string {
  let y = 140;
  let body = path(`M56 ${y}h128v6q0 14-20 14h-88q-20 0-20-14z`, dark) + path(`M56 ${y}h128v5q0 4-10 4h-108q-10 0-10-4z`, bun);
  for (const name of fill) {
    const [height, draw] = layers[name];
    y -= height;
    body += draw(y);
  }
  const top = y;
  body += path(`M52 ${top}q-2-52 68-54q70 2 68 54q0 4-6 4h-124q-6 0-6-4z`, bun) +
    path(`M64 ${top - 18}q8-27 46-31q-20 10-26 32q-8 10-20-1z`, light, 'opacity=".75"') +
    path(`M52 ${top}q0 4 6 4h124q6 0 6-4l-1-8q-4 6-12 6h-112q-8 0-11-6z`, dark, 'opacity=".55"');
  if (seeds) {
    body += [[96, -36], [118, -44], [141, -38], [108, -24], [130, -25], [152, -24], [86, -20], [166, -14]]
      .map(([x, up]) => ellipse(x!, top + up!, 4, 2.3, '#fff0cf', `transform="rotate(${(x! * 7) % 60 - 30} ${x} ${top + up!})"`)).join('');
  }
  return body;
}
const burger = (...fill: Layer[]) => picture(shadow(120, 160, 78) + fit(stack('#d98a36', '#f3bd74', '#b5661d', true, ...fill), fill));
const fit = (body: string, fill: Layer[]) => {
  const height = fill.reduce((sum, name) => sum + layers[name][0], 0);
  return height > 72 ? scaled(118 / (height + 54), body) : height > 54 ? scaled(0.9, body) : body;
};
const muffin_roll = (...fill: Layer[]) => picture(shadow(120, 160, 74) + stack('#ecc788', '#f9e4bd', '#c89a55', false, ...fill));

// ---- things in the hand ------------------------------------------------------------------------------------------

const wrap = (a: string, b: string) => picture(shadow(120, 158, 74) + group('rotate(-14 120 100)',
  path('M70 52q50-22 100 0l-8 94q-42 18-84 0z', '#f0d6a4') + path('M70 52q50-22 100 0q-50 20-100 0z', '#e2bd80') +
  path('M82 52q6-14 18-9q8-12 20-2q12-12 22 0q14-4 16 10q-38 14-76 1z', '#6fb43f') +
  [[96, 46], [118, 42], [140, 46]].map(([x, y], i) => ellipse(x!, y!, 12, 8, i % 2 ? b : a)).join('') +
  path('M74 92q46 16 92 0l-4 54q-42 18-84 0z', '#fff') + path('M74 92q46 16 92 0l-1 12q-45 16-90 0z', '#c8401c') + line('M86 64q4 14 2 24M150 66q-4 10-2 20', '#c99a58', 3)));

const nuggets = (count: number, colour = '#e09a35', light = '#f6c877') => {
  const spots = Array.from({ length: Math.min(count, 11) }, (_, i): [number, number] => [62 + (i % 4) * 36 + (Math.floor(i / 4) % 2) * 16, 132 - Math.floor(i / 4) * 22]);
  return picture(shadow(120, 160, 84) + path('M40 118h160l-10 36q-2 6-8 6h-124q-6 0-8-6z', '#b9331a') +
    spots.reverse().map(([x, y], i) => path(`M${x - 19} ${y}q-2-15 15-16q20-4 24 9q5 17-13 18q-25 3-26-11z`, i % 3 === 0 ? '#cc8222' : colour) + ellipse(x - 3, y - 6, 10, 4, light, 'opacity=".8"')).join('') +
    path('M40 126q80 18 160 0l-9 28q-2 6-8 6h-126q-6 0-8-6z', '#d3421f') + ellipse(120, 145, 17, 9, '#fff3dc'));
};
const wings = (count: number) => picture(shadow(120, 160, 84) + ellipse(120, 142, 88, 19, '#fff8ec') + ellipse(120, 139, 78, 14, '#f2e4cf') +
  Array.from({ length: count > 6 ? 9 : 5 }, (_, i) => {
    const [x, y] = count > 6 ? [66 + (i % 5) * 27 + Math.floor(i / 5) * 13, 130 - Math.floor(i / 5) * 24] : [74 + (i % 3) * 40 + Math.floor(i / 3) * 22, 130 - Math.floor(i / 3) * 26];
    return group(`rotate(${(i * 47) % 50 - 25} ${x} ${y})`, line(`M${x + 12} ${y - 4}l20-8`, '#f4e6cf', 7) + path(`M${x - 24} ${y + 4}q-2-20 20-20q24 0 24 12q-4 18-26 16q-16 2-18-8z`, '#b53c12') + path(`M${x - 18} ${y - 2}q4-12 20-10q-12 2-14 10z`, '#f08a3a'));
  }).join('') + [[90, 108], [138, 100], [160, 122]].map(([x, y]) => line(`M${x} ${y}l5-3`, '#5fa53a', 3)).join(''));

const fries = (by: number, stick = '#ffc93f', dark = '#e8a21b') => picture(shadow(120, 160, 52 * by) + scaled(by,
  Array.from({ length: 13 }, (_, i) => group(`rotate(${(scatter(i) - 0.5) * 26} ${78 + i * 7} 120)`, box(74 + i * 7, 24 + scatter(i + 40) * 36, 10, 110, 2.5, i % 3 === 1 ? dark : stick) + box(76 + i * 7, 26 + scatter(i + 40) * 36, 3, 100, 1.5, '#fff', 'opacity=".35"'))).join('') +
  path('M68 84q52 26 104 0l-14 72q-1 4-5 4h-66q-4 0-5-4z', '#c8321a') + path('M68 84q8 5 18 8l8 68h-7q-4 0-5-4z', '#a5250f') + ellipse(122, 128, 18, 15, '#ffd9a0') + path('M112 132q10-16 20 0z', '#c8321a')));

const bucket = picture(shadow(120, 164, 62) + Array.from({ length: 19 }, (_, i) => group(`rotate(${(scatter(i + 7) - 0.5) * 44} ${58 + i * 7} 90)`, box(56 + i * 6.8, 14 + scatter(i + 90) * 34, 10, 90, 2.5, i % 3 ? '#ffc93f' : '#e8a21b'))).join('') +
  path('M56 76h128l-14 82q-1 6-6 6h-88q-5 0-6-6z', '#fff4e0') + [0, 1, 2, 3].map((i) => path(`M${62 + i * 32} 76h16l${-4 + i * -1.5} 88h-${13 - i}z`, '#d3421f')).join('') + ellipse(120, 77, 64, 9, 'none', 'stroke="#b9331a" stroke-width="5"'));

const loaded = picture(shadow(120, 160, 84) + path('M42 112h156l-14 44q-2 5-7 5h-114q-5 0-7-5z', '#b9331a') +
  Array.from({ length: 16 }, (_, i) => group(`rotate(${(scatter(i) - 0.5) * 120} ${60 + i * 8} 100)`, box(46 + i * 8.2, 94, 48, 10, 3, i % 2 ? '#ffc93f' : '#eeb02a'))).join('') +
  path('M66 92q20-20 52-16q40-8 58 18q-8 12-20 6q-4 20-12 2q-14 8-24 0q-6 18-14 0q-16 8-24-2q-14 2-16-8z', '#ffb01a') + [[88, 86], [112, 78], [136, 84], [156, 92], [104, 94]].map(([x, y], i) => box(x!, y!, 11, 5, 2, i % 2 ? '#a8321f' : '#c4543c')).join('') +
  [[96, 80], [124, 90], [146, 80], [164, 98]].map(([x, y]) => line(`M${x} ${y}l6-3`, '#4f9a33', 4)).join('') + path('M42 116q78 16 156 0l-12 40q-2 5-7 5h-118q-5 0-7-5z', '#d3421f'));

const rings = picture(shadow(120, 160, 84) + ellipse(120, 144, 88, 18, '#fff8ec') +
  [[80, 128], [124, 134], [164, 126], [100, 104], [144, 102], [122, 80]].map(([x, y], i) => ellipse(x!, y!, 27, 17, 'none', `stroke="${i % 2 ? '#d28a2c' : '#e6a445'}" stroke-width="12"`) + ellipse(x!, y! - 2, 27, 16, 'none', 'stroke="#f8d494" stroke-width="2.5" stroke-dasharray="10 7"')).join(''));

const bites = nuggets(7, '#e07f1f', '#ffcf6b');

const corn = picture(shadow(120, 158, 82) + group('rotate(-12 120 110)', box(44, 88, 152, 46, 23, '#f7bd27') +
  Array.from({ length: 44 }, (_, i) => ellipse(58 + (i % 11) * 12.4, 95 + Math.floor(i / 11) * 10.6, 5.6, 4.6, (i + Math.floor(i / 11)) % 2 ? '#ffd95a' : '#fbc838')).join('') +
  line('M44 110h-20M196 110h22', '#d8b98a', 7) + box(98, 82, 30, 15, 4, '#fff1a8') + path('M98 94h30q4 14-6 12q-4 14-10 2q-12 4-14-14z', '#ffe98f')));

const bowl = (inside: string, colour = '#fdf6ea') => picture(shadow(120, 162, 70) + ellipse(120, 96, 82, 24, '#e5d3bb') + inside +
  path('M38 98q82 40 164 0q-4 64-58 64h-48q-54 0-58-64z', colour) + path('M44 110q10 44 52 50q-30-18-40-46z', '#fff', 'opacity=".7"'));
const leaves = (n: number, seed: number) => Array.from({ length: n }, (_, i) => {
  const x = 56 + scatter(i + seed) * 128, y = 72 + scatter(i + seed + 50) * 30;
  return path(`M${x - 18} ${y + 8}q4-24 20-24q18 4 16 22q-18 12-36 2z`, ['#7fbf47', '#5fa53a', '#9ed56a'][i % 3]!, `transform="rotate(${scatter(i + seed + 9) * 80 - 40} ${x} ${y})"`);
}).join('');
const salad = bowl(leaves(13, 3) + [[82, 86], [130, 80], [164, 92]].map(([x, y]) => ellipse(x!, y!, 11, 10, '#dd3a24') + ellipse(x! - 3, y! - 3, 4, 3, '#ff8d70')).join('') + line('M104 92q8-8 18 0M142 98q8-8 16 0', '#c58ac5', 4));
const caesar = bowl(leaves(12, 21) + [[80, 88], [112, 82], [146, 88]].map(([x, y]) => box(x! - 14, y! - 8, 30, 14, 6, '#e9bd7c') + line(`M${x! - 6} ${y! - 6}l-3 9M${x! + 4} ${y! - 6}l-3 9`, '#a56a2a', 3)).join('') + [[98, 100], [132, 100], [168, 84]].map(([x, y]) => box(x!, y!, 12, 10, 2, '#d9a25a')).join(''));
const slaw = bowl(Array.from({ length: 34 }, (_, i) => line(`M${54 + scatter(i) * 124} ${78 + scatter(i + 60) * 26}q8-9 18 0`, ['#f6f0d8', '#e7efc2', '#ef8a36', '#cfe0a2'][i % 4]!, 4.5)).join(''));
const porridge = bowl(ellipse(120, 96, 74, 19, '#ecd9b4') + line('M84 94q12-12 26 0t26 0t22-2', '#d98a1b', 5) + [[98, 86], [146, 102], [124, 104]].map(([x, y]) => ellipse(x!, y!, 7, 5, '#7a4a8c')).join(''));
const berries = bowl(Array.from({ length: 22 }, (_, i) => { const x = 58 + scatter(i + 11) * 124, y = 80 + scatter(i + 80) * 24; return ellipse(x, y, 10, 9, ['#c2203d', '#4b3a8f', '#8e1d4c'][i % 3]!) + ellipse(x - 3, y - 3, 3, 2, '#fff', 'opacity=".6"'); }).join(''));

const dip = (colour: string, light: string, bits: string[] = []) => picture(shadow(120, 158, 56) + path('M64 92h112l-12 58q-1 6-8 6h-72q-7 0-8-6z', '#fffaf1') + path('M64 92h24l6 64h-10q-7 0-8-6z', '#efe2cd') +
  ellipse(120, 92, 58, 19, '#fff') + ellipse(120, 92, 50, 15, colour) + path('M82 92q14-12 36-8q24 4 36-4q-4 16-32 14q-24-2-40-2z', light, 'opacity=".85"') +
  bits.map((bit, i) => ellipse(92 + (i % 6) * 12, 90 + scatter(i) * 10 - 4, 2.6, 1.7, bit)).join(''));

// ---- drinks ------------------------------------------------------------------------------------------------------

const glass = (by: number, drink: string, light: string, more = '', ice = true) => picture(shadow(120, 160, 38 * by) + scaled(by,
  line('M136 14l-12 70', '#c8321a', 7) + line('M136 14l26-6', '#c8321a', 7) +
  path('M80 36h80l-9 118q-1 6-7 6h-48q-6 0-7-6z', '#eaf3f4', 'opacity=".85"') + path('M83 52h74l-8 100q-1 5-6 5h-46q-5 0-6-5z', drink) + ellipse(120, 52, 37, 7, light) +
  (ice ? [[98, 62, -12], [130, 66, 14], [112, 84, 8]].map(([x, y, turn]) => box(x! - 10, y! - 10, 20, 20, 4, '#fff', `opacity=".45" transform="rotate(${turn} ${x} ${y})"`)).join('') : '') +
  more + path('M88 44h9l6 110h-6q-3 0-4-6z', '#fff', 'opacity=".4"') + ellipse(120, 36, 40, 7, 'none', 'stroke="#cfe2e4" stroke-width="3"')));
const sizes = { S: 0.8, M: 0.9, L: 1 };
const slice = (colour: string, rind: string) => ellipse(158, 42, 19, 19, rind) + ellipse(158, 42, 15, 15, colour) + line('M158 28v28M144 42h28M148 32l20 20M168 32l-20 20', '#fff', 1.8, 'opacity=".8"');

const bottle = (label: string, fizz: boolean) => picture(shadow(120, 164, 32) + box(109, 12, 22, 14, 4, label) + path('M111 26h18v12q0 8 12 18q7 6 7 16v84q0 8-8 8h-40q-8 0-8-8v-84q0-10 7-16q12-10 12-18z', '#cfe8f2') +
  path('M96 70q0-7 6-12q-2 60 4 106h-6q-4 0-4-6z', '#fff', 'opacity=".7"') + box(92, 88, 56, 42, 0, label) + path('M100 116q8-16 20-8t20-6v16h-40z', '#fff', 'opacity=".85"') +
  (fizz ? [[108, 72], [130, 78], [118, 142], [134, 148], [106, 150]].map(([x, y]) => ellipse(x!, y!, 3, 3, '#fff')).join('') : ''));

const shake = (colour: string, light: string, top: string) => picture(shadow(120, 162, 42) + line('M142 10l-10 60', '#c8321a', 8) + path('M78 60h84l-12 92q-1 8-8 8h-44q-7 0-8-8z', '#f2f7f7') + path('M82 66h76l-11 84q-1 6-6 6h-42q-5 0-6-6z', colour) + path('M90 66h12l8 90h-8q-4 0-5-6z', light, 'opacity=".7"') +
  path('M72 62q-4-18 18-18q6-22 32-20q24-2 28 18q22 0 18 20q-48 12-96 0z', '#fffaf0') + path('M84 50q14-2 18-14q-2 18 18 16q-20 12-36-2z', '#efe3d0') + top);

const coffee = (by: number, top: string, sleeve = '#8a4a22') => picture(shadow(120, 162, 40 * by) + scaled(by, path('M82 44h76l-8 110q-1 6-7 6h-46q-6 0-7-6z', '#fffaf2') + path('M82 44h16l8 116h-9q-6 0-7-6z', '#efe2cf') + path('M85 78h70l-4 48h-62z', sleeve) + ellipse(120, 102, 14, 14, '#ffe9cf') + path('M113 104q0-12 14-12q0 13-14 12z', sleeve) +
  ellipse(120, 44, 42, 10, '#fff') + ellipse(120, 43, 35, 7.5, top) + line('M108 24q-6-6 0-12M124 24q-6-6 0-12', '#cbb9a4', 3, 'opacity=".8"')));
const mug = (inside: string, more = '') => picture(shadow(112, 158, 62) + ellipse(170, 108, 24, 24, 'none', 'stroke="#c8512c" stroke-width="12"') + path('M52 74h118v50q0 34-32 34h-54q-32 0-32-34z', '#d8623a') + path('M58 84q0 50 22 68q-22-4-22-34z', '#f08d63') + ellipse(111, 74, 59, 14, '#f3a077') + ellipse(111, 75, 51, 10.5, inside) + more + line('M92 50q-8-8 0-16M114 50q-8-8 0-16M136 50q-8-8 0-16', '#cbb9a4', 3.5, 'opacity=".8"'));
const juice = (colour: string) => picture(shadow(120, 162, 40) + box(82, 46, 76, 114, 6, colour) + path('M82 46l14-22h48l14 22z', '#fff3dc') + box(82, 46, 18, 114, 6, '#000', 'opacity=".08"') + line('M132 26l12-20', '#fff', 6) + ellipse(120, 104, 26, 26, '#fff3dc') + ellipse(120, 106, 16, 16, '#dd3a24') + path('M120 92q2-8 10-9q0 8-10 9z', '#4f9a33'));

// ---- sweet -------------------------------------------------------------------------------------------------------

const cone = picture(shadow(120, 166, 22) + path('M88 82h64l-30 82q-2 4-4 0z', '#dd9a45') + line('M96 92l36 36M108 86l32 32M92 104l30 46M144 92l-36 36M132 86l-32 32', '#b97427', 2.5) + path('M82 84q-6-20 14-24q-4-18 16-22q2-18 22-24q-6 12 2 20q16 4 12 24q20 4 12 26q-40 12-78 0z', '#fff8e8') + path('M92 78q14 8 34 2q-20-2-20-14q-12 6-14 12z', '#eedfc4') + path('M112 46q10 8 26 6q-8 8-24 4z', '#eedfc4'));
const sundae = picture(shadow(120, 164, 46) + path('M68 70h104q0 52-36 64l4 18q14 4 14 10h-68q0-6 14-10l4-18q-36-12-36-64z', '#e7f0f1') + path('M74 74h92q-2 42-34 54h-24q-32-12-34-54z', '#fff6e4') + path('M76 84q20 14 42 4t46-2q-4 18-16 30q-30-16-62-6q-8-12-10-26z', '#b8691d') +
  path('M70 72q0-24 26-22q4-24 28-22q24 0 26 22q22 0 20 22q-50 12-100 0z', '#fff8e8') + path('M84 58q12-20 36-22q24 0 34 20q-4 12-12 2q-6 18-14 2q-8 12-16-2q-8 14-14 0q-10 10-14 0z', '#c97a22') + [[104, 44], [134, 48], [122, 38]].map(([x, y]) => box(x!, y!, 6, 3, 1, '#fff')).join(''));
const brownie = picture(shadow(120, 158, 80) + ellipse(120, 146, 90, 17, '#fff8ec') + path('M60 92l66-22l58 18v42l-62 22l-62-20z', '#4a2413') + path('M60 92l66-22l58 18l-62 22z', '#6b3820') + [[96, 92], [118, 84], [140, 92], [120, 100], [156, 90]].map(([x, y]) => path(`M${x! - 6} ${y}q6-9 12 0q-6 7-12 0z`, '#d9a968')).join('') + path('M110 70q8-22 30-16q20 2 18 22q-4 12-10 2q-4 14-12 2q-14 6-26-10z', '#fff8e8'));
const cheesecake = picture(shadow(120, 158, 80) + ellipse(120, 146, 90, 17, '#fff8ec') + path('M54 104l120-34l14 22v44l-134 12z', '#fff0c4') + path('M54 104l120-34l14 22z', '#f7cf7c') + path('M54 138l134-14v14l-134 12z', '#c98b45') + path('M60 102q40-8 60-20q30-10 52-10l12 18q-60 2-124 12z', '#c2203d') + [[112, 90], [140, 80], [164, 84]].map(([x, y]) => ellipse(x!, y!, 8, 7, '#8e1230') + ellipse(x! - 2, y! - 2, 2.5, 2, '#ff9aa8')).join(''));
const pocket = picture(shadow(120, 156, 84) + group('rotate(-8 120 112)', box(40, 78, 160, 66, 16, '#d88f38') + box(44, 80, 152, 40, 14, '#efb55e') + [70, 104, 138, 172].map((x) => line(`M${x - 10} 92l20 16`, '#b8691d', 5)).join('') + line('M48 142q8-6 16 0t16 0t16 0t16 0t16 0t16 0t16 0t16 0t16 0', '#b8691d', 5)) + path('M186 118q22-4 24 12q-4 10-16 8z', '#e8c14e'));
const cookie = picture(shadow(120, 160, 70) + ellipse(120, 104, 72, 56, '#c98a45') + ellipse(116, 98, 64, 48, '#dfa963') + [[88, 82], [124, 74], [154, 92], [104, 108], [138, 118], [84, 120], [120, 138], [166, 118]].map(([x, y], i) => path(`M${x! - 9} ${y}l6-8l11 2l4 8l-9 8z`, i % 2 ? '#4a2413' : '#5d3018')).join(''));
const muffin = picture(shadow(120, 162, 50) + path('M76 96h88l-12 60q-1 6-7 6h-50q-6 0-7-6z', '#e9b44e') + [88, 104, 120, 136, 150].map((x) => line(`M${x} 100l${(120 - x) / 8} 58`, '#c98b2c', 3)).join('') + path('M62 98q-6-26 20-30q8-30 38-30t38 30q26 4 20 30q-58 16-116 0z', '#d89442') + [[94, 76], [122, 60], [146, 78], [110, 88], [134, 92], [82, 92]].map(([x, y]) => ellipse(x!, y!, 7, 6, '#46346f')).join('') + path('M84 74q10-24 34-28q-18 10-22 30z', '#efbd7a', 'opacity=".8"'));
const pancakes = picture(shadow(120, 160, 86) + ellipse(120, 148, 94, 17, '#fff8ec') + [134, 118, 102].map((y) => ellipse(120, y + 6, 68, 15, '#b8691d') + ellipse(120, y, 68, 15, '#e9ae5b')).join('') + path('M66 100q20-12 54-12t56 12q2 8-8 8q-2 30-12 6h-20q-4 40-14 2h-22q-4 22-12-2q-22 2-22-14z', '#a4500f', 'opacity=".85"') + box(104, 80, 34, 18, 4, '#ffe98f', 'transform="rotate(-6 120 90)"') + box(104, 80, 34, 7, 3, '#fff6c8', 'transform="rotate(-6 120 90)"'));
const croissant = picture(shadow(120, 150, 86) + path('M32 122q10-64 88-66q78 2 88 66q-6 18-26 8q-8-26-34-32q-28-6-56 0q-26 6-34 32q-20 10-26-8z', '#d58a33') + [[62, 96, 86, 62], [96, 94, 104, 56], [144, 94, 136, 56], [178, 96, 154, 62]].map(([x, y, u, v]) => line(`M${x} ${y}Q${(x! + u!) / 2 + 6} ${(y! + v!) / 2} ${u} ${v}`, '#a9601a', 4)).join('') + path('M60 86q20-24 56-24q-30 10-44 28z', '#f3c27a', 'opacity=".8"'));
const hash = picture(shadow(120, 158, 80) + ellipse(120, 146, 90, 17, '#fff8ec') + [[104, 112, -8], [134, 92, 10]].map(([x, y, turn]) => group(`rotate(${turn} ${x} ${y})`, box(x! - 58, y! - 20, 116, 44, 20, '#c97f22') + box(x! - 56, y! - 22, 112, 38, 18, '#ecb04c') + Array.from({ length: 22 }, (_, i) => line(`M${x! - 46 + scatter(i) * 90} ${y! - 16 + scatter(i + 30) * 26}l7 3`, i % 2 ? '#f9d68c' : '#c98a2b', 3)).join(''))).join(''));
const apples = picture(shadow(120, 156, 74) + [[84, 118, -30], [120, 100, 0], [158, 118, 30], [104, 132, -10], [140, 134, 14]].map(([x, y, turn]) => group(`rotate(${turn} ${x} ${y})`, path(`M${x! - 34} ${y! - 12}Q${x} ${y! + 54} ${x! + 34} ${y! - 12}Q${x} ${y} ${x! - 34} ${y! - 12}z`, '#cf2f24') + path(`M${x! - 31} ${y! - 11}Q${x} ${y! + 42} ${x! + 31} ${y! - 11}Q${x} ${y} ${x! - 31} ${y! - 11}z`, '#fdf3cf'))).join(''));
const kids = (inside: string) => picture(shadow(120, 164, 62) + group('translate(64 6) scale(.46)', inside) + path('M58 82h124l-8 76q-1 6-7 6h-94q-6 0-7-6z', '#f2b51d') + path('M58 82h22l4 82h-11q-6 0-7-6z', '#d99a0c') + ellipse(104, 114, 7, 9, '#3b1f0e') + ellipse(138, 114, 7, 9, '#3b1f0e') + ellipse(106, 111, 2, 3, '#fff') + ellipse(140, 111, 2, 3, '#fff') + line('M98 134q22 20 46 0', '#3b1f0e', 5) + ellipse(88, 130, 8, 5, '#ee7a4a', 'opacity=".7"') + ellipse(154, 130, 8, 5, '#ee7a4a', 'opacity=".7"'));

const cola = '#4a1a10', zero = '#2d1512', orange = '#f58a1c', lemon = '#f6e48a', tea = '#d9812f';
const beef: Layer[] = ['patty', 'lettuce', 'tomato'];

/** By product, in the catalogue's keys. */
export const food: Record<string, string> = {
  'sku:CLASSIC': burger('patty', 'tomato', 'onion', 'lettuce'), 'sku:CHEESE': burger('patty', 'cheese', 'tomato', 'lettuce'),
  'sku:DOUBLE': burger('patty', 'cheese', 'patty', 'cheese', 'lettuce'), 'sku:SMASH-BACON': burger('patty', 'cheese', 'bacon', 'patty', 'onion'),
  'sku:MUSHROOM': burger('patty', 'swiss', 'mushroom', 'lettuce'), 'sku:CHILLI-JACK': burger('patty', 'cheese', 'chilli', 'tomato', 'lettuce'),
  'sku:TRUFFLE-MELT': burger('patty', 'swiss', 'truffle', 'onion'), 'sku:CRISPY': burger('lettuce', 'chicken', 'tomato', 'lettuce'),
  'sku:HOT-HONEY': burger('lettuce', 'chicken', 'honey', 'onion'), 'sku:HALLOUMI': burger('lettuce', 'halloumi', 'tomato', 'onion'),
  'sku:GARDEN': burger('lettuce', 'green', 'tomato', 'onion', 'lettuce'), 'sku:CHICKEN-WRAP': wrap('#e3ab62', '#dd3a24'), 'sku:FALAFEL-WRAP': wrap('#8a6a2c', '#dd3a24'),
  'sku:NUGGETS-6': nuggets(6), 'sku:NUGGETS-9': nuggets(9), 'sku:NUGGETS-20': nuggets(11), 'sku:VEGGIE-NUGGETS': nuggets(6, '#c9a13a', '#e8d184'),
  'sku:WINGS-6': wings(6), 'sku:WINGS-12': wings(12),
  'sku:FRIES-S': fries(0.8), 'sku:FRIES-M': fries(0.9), 'sku:FRIES-L': fries(1), 'sku:SWEET-FRIES': fries(0.92, '#f28a2e', '#d96a12'), 'sku:LOADED-FRIES': loaded, 'sku:SHARE-FRIES': bucket,
  'sku:ONION-RINGS': rings, 'sku:CHEESE-BITES': bites, 'sku:CORN': corn, 'sku:COLESLAW': slaw, 'sku:SIDE-SALAD': salad, 'sku:CAESAR': caesar,
  'sku:DIP-KETCHUP': dip('#c4261b', '#e5533f'), 'sku:DIP-MAYO': dip('#fbf0cf', '#fffbe9'), 'sku:DIP-GARLIC': dip('#f3eccf', '#fffbe9', ['#5fa53a', '#7fbf47', '#5fa53a', '#7fbf47', '#5fa53a', '#5fa53a']),
  'sku:DIP-BBQ': dip('#5f2412', '#8a3d20'), 'sku:DIP-SWEET-CHILLI': dip('#e2571e', '#f58a4a', ['#fff0cf', '#b3200f', '#fff0cf', '#b3200f', '#fff0cf', '#b3200f']), 'sku:DIP-CURRY': dip('#efa51e', '#ffc95a'),
  'sku:DIP-TRUFFLE-MAYO': dip('#f3e4c8', '#fff6e2', ['#3a2a20', '#3a2a20', '#3a2a20', '#3a2a20', '#3a2a20', '#3a2a20']), 'sku:DIP-CHEESE-SAUCE': dip('#ffb01a', '#ffd25e'),
  ...sized('COLA', (by) => glass(by, cola, '#7a3320')), ...sized('COLA-ZERO', (by) => glass(by, zero, '#5c2a22', box(84, 96, 72, 20, 0, '#f2f2f2', 'opacity=".92"') + box(84, 101, 72, 10, 0, '#b3200f'))),
  ...sized('ORANGE', (by) => glass(by, orange, '#ffb45c', slice('#ffa63a', '#f58a1c'))), ...sized('LEMONADE', (by) => glass(by, lemon, '#fff6c4', slice('#fff0a0', '#f2cf2e') + line('M100 110q12-14 24 0', '#5fa53a', 5))),
  ...sized('ICE-TEA', (by) => glass(by, tea, '#f2b06a', slice('#ffd9a0', '#f29a4a'))),
  'sku:WATER': bottle('#1f6fb2', false), 'sku:SPARKLING': bottle('#1d8a5b', true), 'sku:APPLE-SPRITZ': glass(0.95, '#e8c14e', '#f7e08f', slice('#fdf3cf', '#cf2f24')), 'sku:ORANGE-JUICE': glass(0.9, '#f7a11c', '#ffc55c', slice('#ffb84a', '#f58a1c'), false),
  'sku:SHAKE-VANILLA': shake('#fbeec6', '#fff8e2', ellipse(120, 22, 7, 7, '#c2203d') + line('M120 16q4-8 10-9', '#4f9a33', 3)), 'sku:SHAKE-CHOCOLATE': shake('#7a4526', '#a5693f', line('M92 44q14-14 26-8t28 4', '#4a2413', 5)),
  'sku:SHAKE-STRAWBERRY': shake('#f3a0b4', '#fbd0da', path('M108 30q2-14 12-14t12 14q-4 14-12 16q-8-2-12-16z', '#d42b3c') + line('M112 16q8 4 16 0', '#4f9a33', 4)),
  'sku:COFFEE-S': coffee(0.82, '#3d1d0e'), 'sku:COFFEE-L': coffee(1, '#3d1d0e'), 'sku:CAPPUCCINO-S': coffee(0.82, '#d9a66b'), 'sku:CAPPUCCINO-L': coffee(1, '#d9a66b'),
  'sku:LATTE-S': coffee(0.82, '#e8c79a', '#4f6d5a'), 'sku:LATTE-L': coffee(1, '#e8c79a', '#4f6d5a'), 'sku:ESPRESSO': mug('#2d1409', ellipse(108, 75, 34, 5, '#a5693f', 'opacity=".6"')),
  'sku:TEA': mug('#8fae3f', line('M96 74q10-10 22 0M120 78q8-8 18-2', '#4f9a33', 5)), 'sku:HOT-CHOCOLATE': mug('#5d3018', path('M76 74q6-12 20-8q10-10 22-2q16-4 18 8q-30 12-60 2z', '#fffaf0')),
  'sku:CONE': cone, 'sku:SUNDAE': sundae, 'sku:BROWNIE': brownie, 'sku:CHEESECAKE': cheesecake, 'sku:APPLE-POCKET': pocket, 'sku:COOKIE': cookie, 'sku:MUFFIN': muffin,
  'sku:EGG-MUFFIN': muffin_roll('egg', 'cheese'), 'sku:BACON-MUFFIN': muffin_roll('bacon', 'egg', 'cheese'), 'sku:PANCAKES': pancakes, 'sku:BERRIES': berries, 'sku:HASH-BROWNS': hash, 'sku:CROISSANT': croissant, 'sku:PORRIDGE': porridge,
  'sku:KIDS-BURGER': kids(stack('#d98a36', '#f3bd74', '#b5661d', true, ...beef)), 'sku:KIDS-NUGGETS': kids([[70, 150], [110, 140], [150, 150], [90, 120], [130, 116]].map(([x, y]) => ellipse(x!, y!, 26, 18, '#e09a35') + ellipse(x! - 5, y! - 6, 12, 5, '#f6c877')).join('')),
  'sku:APPLE-SLICES': apples, 'sku:KIDS-JUICE': juice('#8cbf3f'),
};

function sized(name: string, draw: (by: number) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(sizes).map(([size, by]) => [`sku:${name}-${size}`, draw(by)]));
}
