"""TabGAN: fit a table, sample new rows."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from tabgan.conditioning.conditions import no_conditions, read_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.networks.spec import NetworkSpec
from tabgan.networks.forward import NumpyGenerator
from tabgan.randomness import RandomState, resolve_seed, stream
from tabgan.schema import TableSchema, infer_schema
from tabgan.synthesizers.judge import OnePassJudge
from tabgan.synthesizers.passes import learn_passes
from tabgan.synthesizers.sampler import BLOCK_SIZE, sample_block


class TabGAN(BaseEstimator):
    def __init__(self, *, objective="relativistic", normalisation="quantile", passes="auto", max_time=None,
                 rare_threshold=5, schema=None, random_state=None, plan=None):
        self.objective=objective; self.normalisation=normalisation; self.passes=passes; self.max_time=max_time
        self.rare_threshold=rare_threshold; self.schema=schema; self.random_state=random_state; self.plan=plan

    def fit(self, X, y=None):
        from tabgan.training.train import train, Clock
        from tabgan.training.plan import TrainingPlan
        clock = Clock(self.max_time)
        seed = resolve_seed(self.random_state)
        schema = infer_schema(X)
        encoder = TableEncoder.from_frame(X, schema, EncodingOptions(self.rare_threshold, self.normalisation))
        codes = encoder.encode(X, stream(seed, "encoding")).codes
        rng = stream(seed, "split")
        _, inverse = np.unique(codes, axis=0, return_inverse=True)
        held = rng.random(inverse.max()+1) < .1
        held_out, codes = codes[held[inverse]], codes[~held[inverse]]
        plan = self.plan or TrainingPlan()
        spec = NetworkSpec(encoder.layout.sizes, plan.noise_dim, plan.width, plan.n_blocks)
        class R:
            def phase(self,name,n): print(name,n)
            def step(self,n,logs):
                if "held_out_likelihood" in logs: print(n, round(clock.seconds,1), {k:round(v,4) for k,v in logs.items()},flush=True)
        judge = OnePassJudge(held_out, no_conditions(encoder), 1)
        res = train(codes, held_out, spec, encoder.log_shares, plan, seed, judge, R(), clock)
        self.result_ = res
        self.generator_ = NumpyGenerator(spec, res.weights)
        self.passes_ = learn_passes(self.generator_, codes, held_out, rng)
        self.encoder_ = encoder
        return self

    def sample(self, n, passes=None, random_state=None, conditions=None):
        seed = resolve_seed(random_state)
        cond = read_conditions(conditions, self.encoder_)
        P = passes or min(32, self.encoder_.layout.n_columns)
        frames=[]
        for b in range(-(-n//BLOCK_SIZE)):
            codes,u = sample_block(self.generator_, self.passes_, cond, P, seed, b)
            frames.append((codes,u))
        codes=np.concatenate([c for c,_ in frames])[:n]; u=np.concatenate([c for _,c in frames])[:n]
        return self.encoder_.decode(codes,u)
