<?php
/**
 * Sidedish for tills in PHP: the best add-on for the basket as it is now, or silence.
 *
 * One file, streams only, PHP 7.4 or newer.
 *
 *     $lane = new Sidedish(['lane' => '1', 'capabilities' => ['add'], 'currency' => 'EUR']);
 *     $answer = $lane->update(['basket' => $receipt, 'lines' => $lines]);      // in the answer to every change, the whole basket
 *     foreach ($answer['prompts'] as $prompt) { ... }                          // show these, clear all others
 *     $lane->answer($prompt, 'accepted', ['by' => 'staff']);                   // and add the item by the till's own means
 *     $lane->event('completed', $receipt, ['total' => '8.80']);
 *
 * A sale never depends on this: nothing is thrown, every call ends within its time (50 ms for a basket, one second for the rest),
 * and an agent that is not there costs nothing while it is away: that is remembered in a small file, from one page to the next.
 * Every answer is an array with a 'status': ok, stale, late, invalid, not_found, conflict, limit, refused, unavailable.
 *
 * Apache-2.0
 */

declare(strict_types=1);

final class Sidedish
{
    private const FIRST_WAIT = 1.0;   // seconds until an agent that is away is asked again,
    private const LONGEST_WAIT = 30.0; // then twice as long, up to this
    private const SLOW_IN_A_ROW = 3;  // so many late answers count as away
    private const LARGEST_AMOUNT = 1000000000000;

    private string $host = '127.0.0.1';
    private int $port = 7410;
    private string $lane = '1';
    private array $config = ['capabilities' => ['add']];
    private array $usual = [];
    private float $deadline = 50;
    private float $patience = 1000;
    /** @var string|callable|null */
    private $givenToken = null;
    private string $tokenFile = '/run/sidedish/token';
    /** @var callable|null */
    private $onError = null;
    /** @var callable */
    private $clock;
    private string $memory;
    /** @var resource|null */
    private $socket = null;
    private ?string $token = null;
    private bool $opened = false;
    private int $seq = 0;
    private int $slow = 0;
    private float $wait = self::FIRST_WAIT;
    private float $awayUntil = 0.0;

    /**
     * agent ('http://127.0.0.1:7410'), lane ('1'), capabilities (['add']), barcode_masks, channel, currency, prices_include_tax,
     * language, deadline_ms (50), patience_ms (1000), token or token_file ('/run/sidedish/token'), on_error (function (string $text,
     * ?array $problem)), memory_dir (sys_get_temp_dir()), clock (function (): float, seconds; for tests).
     */
    public function __construct(array $options = [])
    {
        $this->clock = $options['clock'] ?? static function (): float { return microtime(true); };
        $agent = parse_url((string)($options['agent'] ?? 'http://127.0.0.1:7410')) ?: [];
        $this->host = $agent['host'] ?? $this->host;
        $this->port = $agent['port'] ?? $this->port;
        $this->lane = (string)($options['lane'] ?? '1');
        foreach (['capabilities', 'barcode_masks', 'channel'] as $name) {
            if (isset($options[$name])) $this->config[$name] = $options[$name];
        }
        foreach (['currency', 'prices_include_tax', 'language'] as $name) {
            if (isset($options[$name])) $this->usual[$name] = $options[$name];
        }
        $this->deadline = (float)($options['deadline_ms'] ?? $this->deadline);
        $this->patience = (float)($options['patience_ms'] ?? $this->patience);
        $this->givenToken = $options['token'] ?? null;
        $this->tokenFile = (string)($options['token_file'] ?? $this->tokenFile);
        $this->onError = $options['on_error'] ?? null;
        $which = md5($this->host . ':' . $this->port . '/' . $this->lane . '/' . json_encode($this->config));
        $this->memory = ($options['memory_dir'] ?? sys_get_temp_dir()) . '/sidedish-' . $which;
        $this->remember();
    }

    /** The basket as it is now, the whole of it: status, basket, seq, prompts. A seq that is not said is the clock. */
    public function update($snapshot): array
    {
        if (!is_array($snapshot)) return ['prompts' => []] + $this->wrong('a basket is an array');
        $body = $snapshot + $this->usual + ['deadline_ms' => (int)$this->deadline];
        if (!isset($body['seq'])) {
            $this->seq = max($this->seq + 1, (int)(microtime(true) * 1000));
            $body['seq'] = $this->seq;
        }
        if (isset($body['facts'])) $body['facts'] = (object)$body['facts'];
        $ms = is_numeric($body['deadline_ms']) ? (float)$body['deadline_ms'] : $this->deadline;
        $answer = $this->call($ms, 'POST', $this->path('/basket'), $body);
        if (!empty($answer['late'])) $answer['status'] = 'late';
        $answer['prompts'] = $answer['status'] === 'ok' ? ($answer['prompts'] ?? []) : [];
        return $answer + ['basket' => $body['basket'] ?? null, 'seq' => $body['seq']];
    }

    /** checkout_started, tender_started, tender_cancelled, completed ('total'), parked, resumed ('token'), voided, replaced_by ('related'). */
    public function event($type, $basket, array $more = []): array
    {
        $body = ['type' => $type, 'basket' => $basket] + $more;
        if (isset($body['total'], $this->usual['currency'])) $body += ['currency' => $this->usual['currency']];
        return $this->call($this->patience, 'POST', $this->path('/events'), $body);
    }

    /**
     * accepted, declined, undone, not_a_fit, accept_failed; 'by' => 'staff' or 'customer', 'why'. Repeat at will.
     *
     * @param array|string $prompt
     */
    public function answer($prompt, $outcome, array $more = []): array
    {
        $id = is_array($prompt) ? ($prompt['id'] ?? '') : $prompt;
        if (!is_string($id)) return $this->wrong('a prompt is an array with an id, or its id');
        $path = '/v1/prompts/' . rawurlencode($id) . '/outcome';
        return $this->call($this->patience, 'POST', $path, ['lane' => $this->lane, 'outcome' => $outcome] + $more);
    }

    /** A product that was sold comes back: product, quantity, value, currency, basket. */
    public function returned($what): array
    {
        if (!is_array($what)) return $this->wrong('a return is an array');
        $usual = isset($this->usual['currency']) ? ['currency' => $this->usual['currency']] : [];
        return $this->call($this->patience, 'POST', $this->path('/returns'), $what + $usual);
    }

    /**
     * A float in minor units or thousandths: half to even, noise below 1e-9 removed; null for what is no amount.
     * fromDouble(9.290000000000001, 2) is 929, fromDouble(0.35, 3) is 350.
     */
    public static function fromDouble($value, $exponent): ?int
    {
        if ((!is_float($value) && !is_int($value)) || !is_int($exponent)) return null;
        $value = (float)$value;
        if (!is_finite($value) || $exponent < 0 || $exponent > 6 || abs($value) > 1e13) return null;
        [$whole, $part] = explode('.', sprintf('%.9F', abs($value))); // exact, to units of 1e-9
        $digits = $whole . substr($part, 0, $exponent);
        if (strlen(ltrim($digits, '0')) > 13) return null;
        $scaled = (int)$digits;
        $rest = substr($part, $exponent);
        $half = str_pad('5', strlen($rest), '0');
        $side = strcmp($rest, $half);
        if ($side > 0 || ($side === 0 && $scaled % 2 === 1)) $scaled++;
        if ($scaled > self::LARGEST_AMOUNT) return null;
        return $value < 0 ? -$scaled : $scaled;
    }

    // ---- from here on nothing is for callers ----

    private function call(float $ms, string $method, string $path, array $body): array
    {
        try {
            if ($this->now() < $this->awayUntil) return ['status' => 'unavailable'];
            return $this->exchange($method, $path, $body, $this->now() + $ms / 1000);
        } catch (SidedishLate $late) {
            $this->disconnect();
            if (++$this->slow >= self::SLOW_IN_A_ROW) $this->away('the agent answers too late');
            else $this->keep();
            return ['status' => 'late'];
        } catch (SidedishAway $away) {
            $this->away("the agent cannot be reached at {$this->host}:{$this->port}: {$away->getMessage()}");
            return ['status' => 'unavailable'];
        } catch (Throwable $error) { // a sale goes on, whatever was passed
            $this->disconnect();
            return $this->wrong($error->getMessage());
        }
    }

    private function path(string $what): string
    {
        return '/v1/lanes/' . rawurlencode($this->lane) . $what;
    }

    private function open(float $until): array
    {
        $answer = $this->exchange('PUT', $this->path(''), $this->config, $until);
        $this->opened = $answer['status'] === 'ok';
        if ($answer['status'] === 'conflict') {
            $this->tell('the lane is open with other capabilities, and a basket is live in it', $answer['problem']);
        }
        $this->keep();
        return $answer;
    }

    /** A request and its answer; reads the token again and opens the lane again, once each. */
    private function exchange(string $method, string $path, array $body, float $until): array
    {
        $refreshed = false;
        $reopened = $method === 'PUT';
        for (;;) {
            if (!$this->opened && !$reopened) {
                $reopened = true;
                $open = $this->open($until);
                if ($open['status'] !== 'ok') return $open;
            }
            if ($this->token === null) {
                $refreshed = true;
                $this->token = $this->readToken();
            }
            [$code, $answer] = $this->request($method, $path, $body, $until);
            $problem = basename((string)($answer['type'] ?? ''));
            if ($code === 401 && !$refreshed) {
                $this->token = null;
                continue;
            }
            if ($code === 404 && $problem === 'unknown-lane' && $this->opened) {
                $this->opened = false;
                if (!$reopened) continue;
            }
            $status = self::word($code, $problem);
            if ($status === 'ok') return $answer + ['status' => $status];
            if ($status === 'refused') $this->away((string)($answer['title'] ?? "the agent answers $code"));
            elseif ($status === 'invalid' || $status === 'limit') $this->tell((string)($answer['title'] ?? ''), $answer);
            return ['status' => $status, 'problem' => $answer];
        }
    }

    /** What a status of HTTP means; see /problems/... of the agent. */
    private static function word(int $code, string $problem): string
    {
        if ($code < 300) return 'ok';
        if (in_array($problem, ['limit', 'too-fast', 'too-large'], true)) return 'limit';
        $words = [401 => 'refused', 403 => 'refused', 404 => 'not_found', 409 => 'conflict'];
        return $words[$code] ?? ($code >= 500 ? 'unavailable' : 'invalid');
    }

    private function readToken(): string
    {
        if ($this->givenToken !== null) {
            return trim((string)(is_string($this->givenToken) ? $this->givenToken : ($this->givenToken)()));
        }
        $text = @file_get_contents($this->tokenFile, false, null, 0, 256);
        if ($text === false) throw new SidedishAway("no token can be read from {$this->tokenFile}");
        return trim($text);
    }

    /** @return array{0: int, 1: array} status of HTTP, answer */
    private function request(string $method, string $path, array $body, float $until): array
    {
        $text = json_encode($body, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
        $bytes = "$method $path HTTP/1.1\r\nHost: {$this->host}:{$this->port}\r\nAuthorization: Bearer {$this->token}\r\n"
            . "Content-Type: application/json\r\nContent-Length: " . strlen($text) . "\r\n\r\n" . $text;
        $kept = $this->socket !== null;
        for (;;) {
            try {
                if ($this->socket === null) $this->connect($until);
                $this->write($bytes, $until);
                [$code, $said] = $this->read($until);
                break;
            } catch (SidedishAway $away) {
                $this->disconnect();
                if (!$kept) throw $away;
                $kept = false; // the agent had closed it: once more, on a new one
            }
        }
        $was = $this->wait;
        $this->wait = self::FIRST_WAIT;
        if ($this->slow > 0 || $was > $this->wait) {
            $this->slow = 0;
            $this->keep();
        }
        $answer = json_decode($said, true);
        return [$code, is_array($answer) ? $answer : []];
    }

    private function connect(float $until): void
    {
        $host = strpos($this->host, ':') === false ? $this->host : "[{$this->host}]";
        $socket = @stream_socket_client("tcp://$host:{$this->port}", $number, $why, $this->left($until));
        if ($socket === false) throw new SidedishAway((string)$why);
        stream_set_blocking($socket, false);
        stream_set_write_buffer($socket, 0);
        $this->socket = $socket;
    }

    private function write(string $bytes, float $until): void
    {
        while ($bytes !== '') {
            $this->ready(false, $until);
            $count = @fwrite($this->socket, $bytes);
            if ($count === false || ($count === 0 && feof($this->socket))) throw new SidedishAway('the connection was closed');
            $bytes = (string)substr($bytes, $count);
        }
    }

    /** @return array{0: int, 1: string} status and body of one answer */
    private function read(float $until): array
    {
        $bytes = '';
        $need = -1;
        do {
            $this->ready(true, $until);
            $piece = @fread($this->socket, 65536);
            if ($piece === false || ($piece === '' && feof($this->socket))) throw new SidedishAway('the connection was closed');
            $bytes .= $piece;
            $end = strpos($bytes, "\r\n\r\n");
            if ($end === false || $need >= 0) continue;
            $head = substr($bytes, 0, $end);
            if (!preg_match('~^HTTP/1\.[01] (\d{3})~', $head, $status) || !preg_match('~\r\ncontent-length: *(\d+)~i', $head, $length)) {
                throw new SidedishAway('this is no answer of the agent');
            }
            $need = $end + 4 + (int)$length[1];
        } while ($need < 0 || strlen($bytes) < $need);
        $body = substr($bytes, $end + 4);
        if (stripos($head, "\r\nconnection: close") !== false) $this->disconnect();
        return [(int)$status[1], $body];
    }

    private function ready(bool $forReading, float $until): void
    {
        $left = $this->left($until);
        $read = $forReading ? [$this->socket] : null;
        $write = $forReading ? null : [$this->socket];
        $except = null;
        if (@stream_select($read, $write, $except, (int)$left, (int)(($left - (int)$left) * 1e6)) < 1) throw new SidedishLate('late');
    }

    private function left(float $until): float
    {
        $left = $until - $this->now();
        if ($left <= 0) throw new SidedishLate('late');
        return $left;
    }

    private function now(): float
    {
        return ($this->clock)();
    }

    private function disconnect(): void
    {
        if ($this->socket !== null) @fclose($this->socket);
        $this->socket = null;
    }

    /** Nothing is asked for a while. */
    private function away(string $why): void
    {
        $this->disconnect();
        $this->opened = false;
        $this->token = null;
        $this->slow = 0;
        $this->awayUntil = $this->now() + $this->wait;
        $this->wait = min(2 * $this->wait, self::LONGEST_WAIT);
        $this->keep();
        $this->tell($why);
    }

    /** What the page before this one found out: a lane that is open, an agent that is away. */
    private function remember(): void
    {
        $text = is_link($this->memory) ? false : @file_get_contents($this->memory, false, null, 0, 128);
        $parts = explode(' ', (string)$text);
        if (count($parts) !== 4) return;
        $this->opened = $parts[0] === '1';
        $this->slow = (int)$parts[1];
        $this->wait = min(self::LONGEST_WAIT, max(self::FIRST_WAIT, (float)$parts[2]));
        $this->awayUntil = min((float)$parts[3], $this->now() + self::LONGEST_WAIT);
    }

    private function keep(): void
    {
        if (is_link($this->memory)) return;
        @file_put_contents($this->memory, sprintf('%d %d %.3F %.3F', $this->opened, $this->slow, $this->wait, $this->awayUntil), LOCK_EX);
    }

    private function wrong(string $text): array
    {
        $this->tell($text);
        return ['status' => 'invalid'];
    }

    private function tell(string $text, ?array $problem = null): void
    {
        try {
            if ($this->onError !== null) ($this->onError)($text, $problem);
        } catch (Throwable $ignored) { // the callback's own affair
        }
    }
}

/** @internal */
final class SidedishLate extends Exception
{
}

/** @internal */
final class SidedishAway extends Exception
{
}
