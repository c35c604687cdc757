<?php
// A till as a PHP page: every scan is a request, and the prompts ride on its answer.
//
//   SIDEDISH_AGENT=http://127.0.0.1:7410 SIDEDISH_TOKEN_FILE=/run/sidedish/token php -S 127.0.0.1:8080 sdk/examples/php/till.php
//
// The scan field has the focus whenever the page is there, and it is the only thing that Enter sends: the strip's buttons are
// in a form of their own, cannot take the focus, and are worked by F8 and F9. Without an agent, it sells.
declare(strict_types=1);

require dirname(__DIR__, 2) . '/php/Sidedish.php'; // copy the one file into your own sources

session_start();
$lane = new Sidedish([
    'agent' => getenv('SIDEDISH_AGENT') ?: 'http://127.0.0.1:7410',
    'token_file' => getenv('SIDEDISH_TOKEN_FILE') ?: '/run/sidedish/token',
    'deadline_ms' => (int)(getenv('SIDEDISH_DEADLINE_MS') ?: 50),
    'lane' => 'web-1', // one per till: its name, not one per session
    'capabilities' => ['add', 'undo', 'reports_completion'],
    'currency' => 'EUR', 'prices_include_tax' => true,
    'on_error' => static function (string $text): void { error_log("sidedish: $text"); },
]);

const CATALOGUE = [
    'sku:BURGER' => ['Burger', 590], 'sku:FRIES' => ['Fries', 290], 'sku:COLA' => ['Cola', 250], 'sku:COFFEE-L' => ['Coffee', 290],
];
$sale = $_SESSION['sale'] ?? ['receipt' => uniqid('r'), 'lines' => [], 'prompt' => null];
$note = '';

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $prompt = $sale['prompt'];
    $add = null;
    if (isset($_POST['scan']) && isset(CATALOGUE[$_POST['scan']])) $add = ['product' => $_POST['scan']];
    elseif (isset($_POST['scan'])) $note = 'Not known: ' . $_POST['scan'];
    if (isset($_POST['answer']) && $prompt !== null && $_POST['answer'] === 'yes') {
        $lane->answer($prompt, 'accepted', ['by' => 'staff']);
        if (isset(CATALOGUE[$prompt['product']])) $add = ['product' => $prompt['product'], 'from_prompt' => $prompt['id']];
        else $lane->answer($prompt, 'accept_failed', ['why' => 'not in the catalogue']);
    } elseif (isset($_POST['answer']) && $prompt !== null) {
        $lane->answer($prompt, 'declined', ['by' => 'staff']);
        $sale['prompt'] = null;
    }
    if ($add !== null) {
        $sale['lines'][] = $add + ['quantity' => '1', 'unit_price' => CATALOGUE[$add['product']][1]];
        // After every change: the whole basket. What comes back is shown, what was shown before is gone.
        $answer = $lane->update(['basket' => $sale['receipt'], 'lines' => $sale['lines']]);
        $sale['prompt'] = $answer['prompts'][0] ?? null;
    }
    if (isset($_POST['pay'])) {
        $lane->event('completed', $sale['receipt'], ['total' => array_sum(array_column($sale['lines'], 'unit_price'))]);
        $sale = ['receipt' => uniqid('r'), 'lines' => [], 'prompt' => null];
        $note = 'Paid';
    }
    $_SESSION['sale'] = $sale;
}

$html = static function ($text): string { return htmlspecialchars((string)$text, ENT_QUOTES); };
$euro = static function (int $cents): string { return number_format($cents / 100, 2); };
?>
<!doctype html>
<meta charset="utf-8">
<title>Till</title>
<style>
  body { font: 16px system-ui; max-width: 40em; margin: 2em auto }
  .strip { height: 96px; border: 1px solid #999; padding: 8px; display: flex; gap: 12px; align-items: center } /* there even when empty */
</style>
<form method="post"><input name="scan" autofocus autocomplete="off" aria-label="Scan"></form>
<p role="status"><?= $html($note) ?></p>
<ul>
<?php foreach ($sale['lines'] as $line): ?>
  <li><?= $html(CATALOGUE[$line['product']][0]) ?> <?= $euro($line['unit_price']) ?></li>
<?php endforeach ?>
</ul>
<form method="post" class="strip" id="strip">
<?php if ($sale['prompt'] !== null): ?>
  <span><b><?= $html($sale['prompt']['headline']) ?></b> +<?= $euro($sale['prompt']['price_effect']) ?><br><?= $html($sale['prompt']['reason']) ?></span>
  <button name="answer" value="yes" tabindex="-1" data-key="F8">F8 Add</button>
  <button name="answer" value="no" tabindex="-1" data-key="F9">F9 No</button>
<?php endif ?>
</form>
<form method="post"><button name="pay" value="1" tabindex="-1">Pay</button></form>
<script>
  // A tap must not take the focus from the scan field: the next digits would be lost.
  for (const button of document.querySelectorAll('button')) button.onpointerdown = button.onmousedown = (event) => event.preventDefault();
  addEventListener('keydown', (event) => document.querySelector(`[data-key="${event.key}"]`)?.click());
</script>
