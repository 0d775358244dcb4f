% The workloads in Octave, those that need no gradient: with_octave (WORKLOAD) answers as `worker.py` does.
% The inputs have the sizes and the type of those in data.py.
function with_octave (workload)
  single_ = @(varargin) single (randn (varargin{:}));
  rows = randi (10000, 50000, 1);
  table = single_ (10000, 64);
  switch workload
    case "small_op"
      x = single ([0.5; 0.5]);
      run = @() loop (x);
    case "chain"
      x = single_ (4000000, 1);
      run = @() sum (sqrt (x .^ 2 + 1) * 0.5 - tanh (x));
    case {"matmul_1024", "matmul_64"}
      n = str2double (workload(8:end));
      a = single_ (n);
      b = single_ (n);
      run = @() a * b;
    case "gather"
      run = @() table(rows, :);
    case "scatter_add"
      updates = table(rows, :);
      subscripts = [repmat(rows, 64, 1), kron((1:64)', ones(50000, 1))];
      run = @() accumarray (subscripts, updates(:), [10000, 64]);
    case "sort"
      x = single_ (1000000, 1);
      run = @() sort (x);
    case "normal_draws"
      run = @() randn (1000000, 1, "single");
    otherwise
      puts ("none\n");
      return
  end
  puts ("ready\n");
  fflush (stdout);
  before = memory ("VmRSS");
  file = fopen ("/proc/self/clear_refs", "w");
  fputs (file, "5");
  fclose (file);
  while ! isempty (line = next_line ())
    begin = tic;
    for i = 1:str2double (line)
      result = run ();
    end
    printf ("%.9f %d\n", toc (begin), max (0, memory ("VmHWM") - before));
    fflush (stdout);
  end
end

function y = loop (x)
  y = x;
  for i = 1:1000
    y = y .* x + x;
  end
end

% fgetl waits for what comes after the line.
function line = next_line ()
  line = "";
  while ! isempty (c = fread (stdin, 1, "char=>char")) && c != "\n"
    line(end+1) = c;
  end
end

function bytes = memory (field)
  found = regexp (fileread ("/proc/self/status"), [field ":\\s*(\\d+)"], "tokens");
  bytes = str2double (found{1}{1}) * 1024;
end
