<?php
// away.php AGENT: what a till in PHP notices of an agent that does not answer, as JSON for away.test.mjs. Every scan is a page of
// its own: a new Sidedish, which knows only what the page before has written down.
declare(strict_types=1);

set_error_handler(static function (int $level, string $text, string $file, int $line): bool {
    if (error_reporting() & $level) throw new ErrorException($text, 0, $level, $file, $line); // as frameworks do
    return true;
});
require dirname(__DIR__, 2) . '/sdk/php/Sidedish.php';
$memory = sys_get_temp_dir() . '/sidedish-php-' . getmypid();
mkdir($memory);
$options = ['agent' => $argv[1], 'token' => 't', 'currency' => 'EUR', 'memory_dir' => $memory];
$basket = ['basket' => 'A', 'lines' => [['product' => 'sku:BURGER', 'quantity' => '1', 'unit_price' => '5.90']]];

function timed(callable $call): array
{
    $began = hrtime(true);
    $answer = $call();
    return [$answer['status'], (hrtime(true) - $began) / 1e6];
}

$scan = static function () use ($options, $basket) { return (new Sidedish($options))->update($basket); };
$first = $later = [];
for ($i = 0; $i < 5; $i++) $first[] = timed($scan);
for ($i = 0; $i < 1001; $i++) $later[] = timed($scan);
$ms = array_column($later, 1);
sort($ms);

$now = 0.0;
$asked = 0;
$pattern = [];
$stepped = ['lane' => 'stepped', 'deadline_ms' => 200, 'clock' => static function () use (&$now) { return $now; }, 'on_error' => static function () use (&$asked) { $asked++; }] + $options;
foreach ([0, 0.9, 1.1, 2.9, 3.2, 7.1, 7.3] as $now) {
    $before = $asked;
    (new Sidedish($stepped))->update($basket);
    $pattern[] = $asked > $before;
}

$raises = static function () { throw new RuntimeException("the host's own log"); };
$wild = new Sidedish(['lane' => 'wild', 'on_error' => $raises] + $options);
$nonsense = [
    $wild->update(null), $wild->update([]), $wild->update(['basket' => "\xFF", 'lines' => [NAN]]), $wild->event(null, null), $wild->event('completed', [], ['total' => NAN]),
    $wild->answer(null, null), $wild->answer(['no' => 'id'], 'accepted'), $wild->returned(null), $wild->returned([]),
    (new Sidedish(['lane' => 'x', 'token' => null, 'token_file' => '/nonexistent'] + $options))->update($basket),
];
array_map('unlink', glob("$memory/*"));
rmdir($memory);
echo json_encode([
    'statuses' => array_column($first, 0), 'first_ms' => array_column($first, 1),
    'later' => array_values(array_unique(array_column($later, 0))), 'median_ms' => $ms[500], 'asked' => $pattern,
    'nonsense' => count(array_filter($nonsense, static function ($answer) { return $answer['status'] === 'ok'; })),
]), "\n";
