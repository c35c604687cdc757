<?php
// conversations.php AGENT TOKEN_FILE: the recorded conversations over sdk/php/Sidedish.php, for conversations.test.mjs.
// Prints a line for everything that came back otherwise, "restart" when the agent is to be killed (and waits for a line), and
// "held N" at the end.
declare(strict_types=1);

set_error_handler(static function (int $level, string $text, string $file, int $line): bool {
    if (error_reporting() & $level) throw new ErrorException($text, 0, $level, $file, $line); // as frameworks do
    return true;
});
$top = dirname(__DIR__, 2);
require "$top/sdk/php/Sidedish.php";
[, $agent, $tokenFile] = $argv;
$memory = sys_get_temp_dir() . '/sidedish-php-' . getmypid();
mkdir($memory);

function at($answer, string $path)
{
    if (substr($path, -7) === '.length') return count(at($answer, substr($path, 0, -7)) ?? []);
    foreach (preg_split('/[.\[\]]+/', $path, -1, PREG_SPLIT_NO_EMPTY) as $step) $answer = $answer[$step] ?? null;
    return $answer;
}

function filled($value, array $kept)
{
    if (is_string($value)) return $value !== '' && $value[0] === '$' ? $kept[substr($value, 1)] : $value;
    return is_array($value) ? array_map(static function ($member) use ($kept) { return filled($member, $kept); }, $value) : $value;
}

function act(Sidedish $lane, array $step): array
{
    if (isset($step['basket'])) return $lane->update($step['basket']);
    if (isset($step['event'])) {
        return $lane->event($step['event']['type'], $step['event']['basket'], array_diff_key($step['event'], ['type' => 0, 'basket' => 0]));
    }
    if (isset($step['outcome'])) {
        $more = array_diff_key($step['outcome'], ['prompt' => 0, 'outcome' => 0]);
        return $lane->answer($step['outcome']['prompt'], $step['outcome']['outcome'], $more);
    }
    if (isset($step['return'])) return $lane->returned($step['return']);
    return ['value' => Sidedish::fromDouble($step['from_double']['value'], $step['from_double']['exponent'])];
}

$held = 0;
foreach (glob("$top/tests/contract/conversations/*.json") as $file) {
    if (basename($file) === 'pack.json' || substr($file, -12) === '.schema.json') continue;
    $name = basename($file, '.json');
    $conversation = json_decode(file_get_contents($file), true);
    if (array_diff($conversation['needs'] ?? [], ['restart', 'helper'])) continue;
    $lanes = [];
    foreach ($conversation['lanes'] ?? ['1' => ['capabilities' => ['add', 'undo', 'reports_completion']]] as $lane => $config) {
        $lanes[$lane] = $config + ['agent' => $agent, 'token_file' => $tokenFile, 'lane' => "php$held-$lane", 'currency' => 'EUR',
            'prices_include_tax' => true, 'deadline_ms' => 5000, 'patience_ms' => 5000, 'memory_dir' => $memory];
    }
    $kept = [];
    foreach ($conversation['steps'] as $index => $written) {
        $step = filled($written, $kept);
        if (isset($step['restart'])) {
            echo "restart\n";
            fgets(STDIN);
            continue;
        }
        $answer = act(new Sidedish($lanes[$step['lane'] ?? '1']), $step); // a new one for every step, as for every page
        foreach ($step['expect'] as $path => $expected) {
            $found = at($answer, $path);
            if (is_array($expected) ? $found !== $expected['not'] : $found === $expected) continue;
            echo "$name, step ", $index + 1, ": $path should be ", json_encode($expected), ' and is ', json_encode($found), ' in ', json_encode($answer), "\n";
        }
        foreach ($step['keep'] ?? [] as $into => $path) $kept[$into] = at($answer, $path);
    }
    $held++;
}
array_map('unlink', glob("$memory/*"));
rmdir($memory);
echo "held $held\n";
